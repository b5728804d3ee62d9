//! Files read in a real child process, by the real program.

#[cfg(target_os = "linux")]
mod confinement;

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use reading::{Limits, Reader, Reading, Request, Unreadable};

/// A reader whose child is the program of this crate.
fn reader(limits: Limits) -> Reader {
    Reader::with_program(env!("CARGO_BIN_EXE_read-file").into(), limits)
}

async fn read(name: &str, bytes: &[u8], limits: Limits) -> Result<Reading, String> {
    let chunks: Vec<Result<Bytes, Infallible>> =
        bytes.chunks(1000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    reader(limits)
        .read(Request::new(name, 16_000), futures::stream::iter(chunks), Duration::from_secs(20))
        .await
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_text_is_read_in_a_child() {
    let reading = read("a.txt", "Grüezi\nmitenand".as_bytes(), Limits::default()).await.unwrap();
    assert_eq!(reading.content.unwrap().markdown(), "Grüezi\nmitenand");
}

#[tokio::test]
async fn a_file_above_the_limit_is_refused_with_its_size() {
    let limits = Limits { max_file_bytes: 10_000, ..Limits::default() };
    let reading = read("a.txt", &vec![b'a'; 100_000], limits).await.unwrap();
    assert_eq!(reading.content, Err(Unreadable::TooLarge { max_bytes: 10_000 }));
}

#[tokio::test]
async fn a_file_without_bytes_is_said_to_be_empty() {
    let reading = read("a.docx", b"", Limits::default()).await.unwrap();
    assert_eq!(reading.content, Err(Unreadable::Empty));
}
