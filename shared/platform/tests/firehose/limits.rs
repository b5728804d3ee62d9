//! The service's limits are kept, and its records are lines.

use platform::audit::AuditRecord;

use crate::stub::Stub;
use crate::{PATIENT, record, sink};

#[tokio::test]
async fn a_record_arrives_as_one_line() {
    let (stub, endpoint) = Stub::start().await;
    let sent = record(2);
    sink(&endpoint, PATIENT).accept(&sent).await.unwrap();

    let kept = stub.kept();
    let line = kept[0].strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\u{2028}']), "{line}");
    assert_eq!(serde_json::from_str::<AuditRecord>(line).unwrap(), sent);
}

#[tokio::test]
async fn many_records_are_cut_into_batches_that_the_service_takes() {
    let (stub, endpoint) = Stub::start().await;
    let small: Vec<AuditRecord> = (0..1001).map(|_| record(0)).collect();
    let answers = sink(&endpoint, PATIENT).accept_all(&small).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(stub.requests(), [500, 500, 1]);

    let (stub, endpoint) = Stub::start().await;
    let large: Vec<AuditRecord> = (0..150).map(|_| record(50)).collect();
    let answers = sink(&endpoint, PATIENT).accept_all(&large).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!(stub.requests().len() > 1, "cut by bytes: {:?}", stub.requests());
    assert_eq!(stub.kept().len(), 150);

    assert!(sink(&endpoint, PATIENT).accept_all(&[]).await.is_empty());
}
