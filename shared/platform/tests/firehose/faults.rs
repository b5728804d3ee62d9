//! Whatever the stream does, a record is accepted or in the log, and the mode decides.

use std::collections::BTreeSet;
use std::time::Duration;

use platform::audit::{AuditMode, AuditRecord, AuditSink, AuditUnavailable, Auditor, Release};
use platform::clock::Clock;

use crate::stub::{Fault, Stub};
use crate::{PATIENT, Page, STREAM, client, record, sink};

/// Only a service that hangs uses up the time of a try.
fn time_for(fault: Fault) -> Duration {
    match fault {
        Fault::Hang => Duration::from_millis(300),
        _ => PATIENT,
    }
}

const MODES: [(AuditMode, Release); 2] =
    [(AuditMode::Strict, Release::Withheld), (AuditMode::BestEffort, Release::Released)];

#[tokio::test]
async fn a_fault_that_stays_leaves_every_record_in_the_log_and_the_mode_decides() {
    let faults = [
        (Fault::Throttled, "throttled", 2),
        (Fault::InternalError, "failed", 2),
        (Fault::Garbage, "failed", 2),
        (Fault::Hang, "timed_out", 2),
        (Fault::Cut, "unreachable", 2),
        (Fault::NoSuchStream, "refused", 1),
        (Fault::AccessDenied, "refused", 1),
    ];
    for (fault, reason, tries) in faults {
        for (mode, release) in MODES {
            let (stub, endpoint) = Stub::start().await;
            stub.always(Some(fault));
            let page = Page::default();
            let auditor = auditor(sink(&endpoint, time_for(fault)), mode, &page);
            let lost = record(1);
            assert_eq!(auditor.record(&lost).await, release, "for {fault:?}");
            let lines = page.values();
            assert_eq!(lines.len(), 1, "for {fault:?}");
            assert_eq!(lines[0]["reason"], reason, "for {fault:?}");
            assert_eq!(lines[0]["released"], release == Release::Released);
            let again: AuditRecord = serde_json::from_value(lines[0].clone()).unwrap();
            assert_eq!(again, lost);
            assert_eq!(stub.requests().len(), tries, "the SDK's own retries are off: {fault:?}");

            stub.always(None);
            let auditor = self::auditor(sink(&endpoint, PATIENT), mode, &page);
            assert_eq!(auditor.record(&record(1)).await, Release::Released, "then all is well");
            assert_eq!(page.values().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_not_noticed() {
    for fault in [Fault::Throttled, Fault::InternalError, Fault::Garbage, Fault::Hang, Fault::Cut] {
        let (stub, endpoint) = Stub::start().await;
        stub.plan([fault]);
        let page = Page::default();
        let two_seconds = Duration::from_secs(2).max(time_for(fault));
        let auditor = auditor(sink(&endpoint, two_seconds), AuditMode::Strict, &page);
        assert_eq!(auditor.record(&record(0)).await, Release::Released, "for {fault:?}");
        assert!(page.values().is_empty());
        assert_eq!(stub.kept().len(), 1);
    }
}

#[tokio::test]
async fn a_stream_that_cannot_be_reached_is_an_error_and_not_a_hang() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let sink = AuditSink::firehose(&client(&endpoint), STREAM);
    let answer = sink.accept(&record(0)).await;
    assert_eq!(answer, Err(AuditUnavailable::Unreachable));
    for (mode, release) in MODES {
        let page = Page::default();
        let auditor = auditor(sink.clone(), mode, &page);
        assert_eq!(auditor.record(&record(0)).await, release);
        assert_eq!(page.values().len(), 1);
    }
}

#[tokio::test]
async fn in_a_batch_only_the_entries_that_failed_are_sent_again() {
    let (stub, endpoint) = Stub::start().await;
    stub.plan([Fault::Partly]);
    let records: Vec<AuditRecord> = (0..10).map(|_| record(0)).collect();
    let answers = sink(&endpoint, PATIENT).accept_all(&records).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(stub.requests(), [10, 4]);
    assert_eq!(ids_of(&stub).len(), 10);
    assert_eq!(stub.kept().len(), 10, "none of them twice");
}

#[tokio::test]
async fn of_a_batch_no_record_is_lost() {
    let faults = [Fault::Partly, Fault::Short, Fault::Throttled, Fault::Hang, Fault::AccessDenied];
    for fault in faults {
        for (mode, release) in MODES {
            let (stub, endpoint) = Stub::start().await;
            stub.always(Some(fault));
            let page = Page::default();
            let auditor = auditor(sink(&endpoint, time_for(fault)), mode, &page);
            let records: Vec<AuditRecord> = (0..10).map(|_| record(0)).collect();
            let releases = auditor.record_all(&records).await;

            let kept = ids_of(&stub);
            let logged: BTreeSet<String> = page
                .values()
                .iter()
                .map(|line| line["event_id"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(releases.len(), records.len());
            for (record, seen) in records.iter().zip(releases) {
                let id = record.event_id.to_string();
                assert!(kept.contains(&id) || logged.contains(&id), "lost under {fault:?}");
                let expected = if logged.contains(&id) { release } else { Release::Released };
                assert_eq!(seen, expected, "for {fault:?}");
            }
        }
    }
}

fn auditor(sink: AuditSink, mode: AuditMode, page: &Page) -> Auditor {
    Auditor::new(sink, mode, page.lines(), Clock::System)
}

fn ids_of(stub: &Stub) -> BTreeSet<String> {
    let id = |line: &String| {
        let record: AuditRecord = serde_json::from_str(line).unwrap();
        record.event_id.to_string()
    };
    stub.kept().iter().map(id).collect()
}
