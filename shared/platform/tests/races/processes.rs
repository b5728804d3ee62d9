//! The disk store with real processes: eight that race for the same items, and some that are
//! killed while they write. The processes are this test binary, run again for one ignored test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use platform::clock::Clock;
use platform::config::Vars;
use platform::store::{Freshness, Item, Store, Value};
use platform::usage::Usage;

use crate::arms::disk_store;

const DIRECTORY: &str = "TEST_STORE_DIRECTORY";
const ITEMS: usize = 300;

struct Process {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Process {
    fn start(test: &str, directory: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
            .env(DIRECTORY, directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// What follows this word in its next line that starts with it.
    fn says(&mut self, word: &str) -> String {
        for line in self.lines.by_ref().lines() {
            if let Some((_, rest)) = line.unwrap().split_once(word) {
                return rest.trim().to_owned();
            }
        }
        panic!("it ended without {word:?}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn store_of_process() -> Option<Store> {
    let vars = Vars::of_process();
    Some(disk_store(Path::new(vars.get(DIRECTORY)?), Clock::System).await)
}

async fn keep(store: &Store, key: &str) {
    let item = Item::new(key, i64::MAX).with("v", Value::Bytes(vec![7; 5000]));
    store.put(item, &Usage::default()).await.unwrap();
}

#[tokio::test]
async fn of_eight_processes_exactly_one_takes_each_item() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("store");
    let store = disk_store(&place, Clock::System).await;
    for n in 0..ITEMS {
        keep(&store, &n.to_string()).await;
    }
    let mut processes: Vec<Process> =
        (0..8).map(|_| Process::start("processes::takes_what_it_can_get", &place)).collect();
    for process in &mut processes {
        process.says("ready");
    }
    for process in &mut processes {
        process.child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut won = vec![0; ITEMS];
    let mut lucky = 0;
    for process in &mut processes {
        let numbers = process.says("won");
        lucky += usize::from(!numbers.is_empty());
        for number in numbers.split_whitespace() {
            won[number.parse::<usize>().unwrap()] += 1;
        }
    }
    assert_eq!(won, [1; ITEMS]);
    assert!(lucky > 1, "one was done before the others began");
}

#[tokio::test]
#[ignore = "is one of the processes of the test above"]
async fn takes_what_it_can_get() {
    let Some(store) = store_of_process().await else {
        return;
    };
    println!("\nready");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    let mut won = Vec::new();
    for n in 0..ITEMS {
        let key = n.to_string();
        if store.take(&key, &Usage::default()).await.unwrap().is_some() {
            won.push(key);
        }
    }
    println!("\nwon {}", won.join(" "));
}

#[tokio::test]
async fn a_process_killed_while_it_writes_leaves_whole_items_and_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("store");
    for _ in 0..5 {
        let mut process = Process::start("processes::writes_until_killed", &place);
        process.says("written");
        drop(process);
        let store = disk_store(&place, Clock::System).await;
        let usage = Usage::default();
        for key in ["a", "b", "c"] {
            let found = store.get(key, Freshness::Latest, &usage).await.unwrap();
            assert!(found.is_some(), "{key}");
        }
        keep(&store, "a").await;
        assert_eq!(usage.unreadable_items(), 0);
    }
}

#[tokio::test]
#[ignore = "is the process of the test above"]
async fn writes_until_killed() {
    let Some(store) = store_of_process().await else {
        return;
    };
    loop {
        for key in ["a", "b", "c"] {
            keep(&store, key).await;
        }
        println!("\nwritten");
    }
}
