//! The way to the bucket, through somebody else's Firehose and S3.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use aws_sdk_firehose::types::ExtendedS3DestinationConfiguration;
use platform::audit::AuditRecord;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{PATIENT, STREAM, client, record, sink};

const START: Duration = Duration::from_secs(120);
const BUCKET: &str = "audit-bucket";

#[tokio::test]
async fn records_that_were_accepted_are_found_in_the_bucket() {
    let Some((server, address)) = start_moto().await else {
        let skipped =
            "SKIPPED: moto_server is not there; set MOTO_SERVER or run `cargo xtask test`\n";
        // Past the test runner's capture, which would hide it.
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        return;
    };
    let client = client(&format!("http://{address}"));
    s3(&address, "PUT", &format!("/{BUCKET}")).await;
    let destination = ExtendedS3DestinationConfiguration::builder()
        .role_arn("arn:aws:iam::123456789012:role/firehose")
        .bucket_arn(format!("arn:aws:s3:::{BUCKET}"))
        .build()
        .unwrap();
    let create = client
        .create_delivery_stream()
        .delivery_stream_name(STREAM)
        .extended_s3_destination_configuration(destination);
    Box::pin(create.send()).await.unwrap();

    let sink = sink(&format!("http://{address}"), PATIENT);
    let sent: Vec<AuditRecord> = (0..4).map(record).collect();
    sink.accept(&sent[0]).await.unwrap();
    let answers = sink.accept_all(&sent[1..]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");

    let listing = s3(&address, "GET", &format!("/{BUCKET}?list-type=2")).await;
    let mut found: Vec<AuditRecord> = Vec::new();
    for part in listing.split("<Key>").skip(1) {
        let key = part.split("</Key>").next().unwrap();
        let object = s3(&address, "GET", &format!("/{BUCKET}/{key}")).await;
        found.extend(object.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    found.sort_by_key(|record| sent.iter().position(|one| one.event_id == record.event_id));
    assert_eq!(found, sent);
    stop(server).await;
}

/// The server on a port of its own; it is killed when the handle is dropped.
async fn start_moto() -> Option<(Child, String)> {
    let program = program()?;
    let mut server = Command::new(program)
        .args(["-H", "127.0.0.1", "-p", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("moto_server starts");
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let address = timeout(START, async {
        loop {
            let line = lines.next_line().await.unwrap().expect("moto_server says its address");
            if let Some((_, address)) = line.split_once("Running on http://") {
                return address.trim().to_owned();
            }
        }
    });
    let address = address.await.expect("moto_server is up in time");
    // It writes a line per request, and stops when nobody reads them.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Some((server, address))
}

#[expect(clippy::disallowed_methods, reason = "where the tool is, is told to tests by variable")]
fn program() -> Option<PathBuf> {
    let told = std::env::var("MOTO_SERVER").ok().map(PathBuf::from);
    let installed =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/python/bin/moto_server");
    told.or_else(|| Some(PathBuf::from(installed))).filter(|program| program.exists())
}

async fn stop(mut server: Child) {
    server.kill().await.unwrap();
}

/// One request to S3; moto does not check signatures.
async fn s3(address: &str, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(START, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
    body.to_owned()
}
