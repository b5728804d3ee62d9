//! The service's limits are kept, and its records are lines.

use std::time::Duration;

use platform::audit::{AuditRecord, AuditSink, Budget, FirehoseStream};

use crate::stub::Stub;
use crate::{STREAM, client, record};

#[tokio::test]
async fn a_record_arrives_as_one_line() {
    let (stub, endpoint) = Stub::start().await;
    let sent = record(2);
    let sink = AuditSink::firehose(&client(&endpoint), STREAM);
    sink.accept(&sent).await.unwrap();

    let kept = stub.kept();
    let line = kept[0].strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\u{2028}']), "{line}");
    assert_eq!(serde_json::from_str::<AuditRecord>(line).unwrap(), sent);
}

#[tokio::test]
async fn many_records_are_cut_into_batches_that_the_service_takes() {
    // Time is not the subject here, and this machine may be slow.
    let roomy = |endpoint: &str| {
        let stream = FirehoseStream::new(&client(endpoint), STREAM);
        AuditSink::Firehose(stream.with_budget(Budget {
            per_try: Duration::from_secs(30),
            total: Duration::from_secs(60),
            longest_pause: Duration::ZERO,
        }))
    };
    let (stub, endpoint) = Stub::start().await;
    let small: Vec<AuditRecord> = (0..1001).map(|_| record(0)).collect();
    let answers = roomy(&endpoint).accept_all(&small).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(stub.requests(), [500, 500, 1]);

    let (stub, endpoint) = Stub::start().await;
    let large: Vec<AuditRecord> = (0..150).map(|_| record(50)).collect();
    let answers = roomy(&endpoint).accept_all(&large).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(
        stub.requests().len() > 1,
        "cut by bytes: {:?}",
        stub.requests()
    );
    assert_eq!(stub.kept().len(), 150);

    assert!(roomy(&endpoint).accept_all(&[]).await.is_empty());
}
