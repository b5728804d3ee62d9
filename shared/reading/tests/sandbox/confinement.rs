//! What a child can do: looked at from outside, through the kernel, while it waits for its file.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use reading::{Limits, ReadError, Request, Unreadable};
use tokio::sync::oneshot;

use crate::reader;

/// More than a pipe holds, so that the child has begun to read when it is gone: its limits are set.
const MORE_THAN_A_PIPE: usize = 1024 * 1024;

/// Children of this process, all threads.
fn children() -> BTreeSet<u32> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().flat_map(str::parse).collect::<Vec<_>>())
        .collect()
}

fn line(text: &str, start: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One test, because it looks at all children of the process.
#[tokio::test]
async fn a_child_has_three_streams_little_memory_and_nothing_else_and_ends_with_its_parents_wish() {
    let limits = Limits { memory_bytes: 300 * 1024 * 1024, cpu_seconds: 7, ..Limits::default() };
    let before = children();
    let (begun, waits) = oneshot::channel();
    let first = futures::stream::once(async { Ok(Bytes::from(vec![b'a'; MORE_THAN_A_PIPE])) });
    let then = futures::stream::once(async {
        begun.send(()).unwrap();
        futures::future::pending::<Result<Bytes, Infallible>>().await
    });
    let source = Box::pin(first.chain(then));
    let task = tokio::spawn(async move {
        reader(limits).read(Request::new("a.txt", 100), source, Duration::from_secs(30)).await
    });
    waits.await.unwrap();
    let child = *children().difference(&before).next().expect("a child");

    let proc = Path::new("/proc").join(child.to_string());
    let text = std::fs::read_to_string(proc.join("limits")).unwrap();
    assert_eq!(line(&text, "Max address space"), "Max address space 314572800 314572800 bytes");
    assert_eq!(line(&text, "Max cpu time"), "Max cpu time 7 7 seconds");
    assert_eq!(line(&text, "Max open files"), "Max open files 0 0 files");
    assert_eq!(line(&text, "Max file size"), "Max file size 0 0 bytes");
    assert_eq!(line(&text, "Max processes"), "Max processes 0 0 processes");
    assert_eq!(line(&text, "Max core file size"), "Max core file size 0 0 bytes");
    let status = std::fs::read_to_string(proc.join("status")).unwrap();
    assert_eq!(line(&status, "NoNewPrivs"), "NoNewPrivs: 1");
    // Both are for root alone, because the child said that nobody may look into it.
    if let Ok(environment) = std::fs::read(proc.join("environ")) {
        assert!(environment.iter().all(|byte| *byte == 0), "the environment is not empty");
    }
    if let Ok(open) = std::fs::read_dir(proc.join("fd")) {
        let open: BTreeSet<String> =
            open.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(open, BTreeSet::from(["0", "1", "2"].map(str::to_owned)));
    }

    // The caller goes away: the child is killed at once, though its file never ends.
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while proc.exists()
        && std::fs::read_to_string(proc.join("stat")).is_ok_and(|s| !s.contains(") Z"))
    {
        assert!(tokio::time::Instant::now() < deadline, "the child lives on");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_that_never_ends_arriving_is_given_up_in_time() {
    let source = futures::stream::pending::<Result<Bytes, Infallible>>();
    let reader = reader(Limits::default());
    let outcome = reader.read(Request::new("a.txt", 9), source, Duration::from_millis(50)).await;
    assert!(matches!(outcome, Err(ReadError::Unreadable(Unreadable::TimedOut))), "{outcome:?}");
}

#[tokio::test]
async fn a_source_that_fails_is_told_as_it_is() {
    let source = futures::stream::iter([Ok(Bytes::from_static(b"half")), Err("gone")]);
    let reader = reader(Limits::default());
    let outcome = reader.read(Request::new("a.txt", 9), source, Duration::from_secs(20)).await;
    assert!(matches!(outcome, Err(ReadError::Source("gone"))), "{outcome:?}");
}

#[tokio::test]
async fn a_program_that_is_no_child_gives_no_reading() {
    let reader = reading::Reader::with_program("/bin/true".into(), Limits::default());
    let source = futures::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"text"))]);
    let outcome = reader.read(Request::new("a.txt", 9), source, Duration::from_secs(20)).await;
    assert!(matches!(outcome, Err(ReadError::Unreadable(Unreadable::Unsafe))), "{outcome:?}");
    let reader = reading::Reader::with_program("/nowhere".into(), Limits::default());
    let source = futures::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"text"))]);
    let outcome = reader.read(Request::new("a.txt", 9), source, Duration::from_secs(20)).await;
    assert!(matches!(outcome, Err(ReadError::Unreadable(Unreadable::Unavailable))), "{outcome:?}");
}

#[tokio::test]
async fn a_download_that_fails_is_told_before_the_child_has_read_what_came() {
    // Half of an archive: without its end the child would call it damaged.
    let source = futures::stream::iter([Ok(Bytes::from_static(b"PK\x03\x04half")), Err("cut")]);
    let reader = reader(Limits::default());
    let outcome = reader.read(Request::new("a.docx", 9), source, Duration::from_secs(20)).await;
    assert!(matches!(outcome, Err(ReadError::Source("cut"))), "{outcome:?}");
}

#[tokio::test]
async fn a_child_that_never_comes_free_is_a_reason_to_try_later() {
    let reader = reader(Limits::default());
    let endless = || futures::stream::pending::<Result<Bytes, Infallible>>();
    let waiting: Vec<_> = (0..Limits::default().places)
        .map(|_| {
            let reader = reader.clone();
            tokio::spawn(async move {
                reader.read(Request::new("a.txt", 9), endless(), Duration::from_secs(60)).await
            })
        })
        .collect();
    while reader.free_places() > 0 {
        tokio::task::yield_now().await;
    }
    let time = Duration::from_millis(20);
    let outcome = reader.read(Request::new("b.txt", 9), endless(), time).await;
    assert!(matches!(outcome, Err(ReadError::Unreadable(Unreadable::Busy))), "{outcome:?}");
    for task in waiting {
        task.abort();
    }
}
