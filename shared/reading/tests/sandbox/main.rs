//! Files read in a real child process, by the real program.

#[cfg(target_os = "linux")]
mod confinement;

use std::convert::Infallible;
use std::io::Write as _;
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

/// A PDF whose only page unpacks to as many megabytes of nothing.
#[expect(clippy::unwrap_used, reason = "a test's own file")]
fn pdf_bomb(megabytes: usize) -> Vec<u8> {
    let mut one = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    one.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    one.flush().unwrap();
    // What is flushed ends at a byte, so it can be repeated.
    let packed = [b"\x78\x01".as_slice(), &one.get_ref().repeat(megabytes)].concat();
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
         2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n\
         4 0 obj\n<</Length {}/Filter/FlateDecode>>stream\n",
        packed.len()
    )
    .into_bytes();
    file.extend(packed);
    file.extend(b"\nendstream\nendobj\ntrailer\n<</Size 5/Root 1 0 R>>\n%%EOF");
    file
}

#[tokio::test]
async fn a_bomb_in_a_pdf_ends_its_child_and_nothing_else() {
    let limits = Limits { memory_bytes: 100 * 1024 * 1024, ..Limits::default() };
    let problem = read("a.pdf", &pdf_bomb(512), limits).await.unwrap_err();
    assert_eq!(problem, Unreadable::Unsafe.to_string());
    assert!(read("a.txt", b"still there", limits).await.is_ok());
}
