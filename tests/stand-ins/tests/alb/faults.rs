//! Things that go wrong on purpose.

use std::time::{Duration, Instant};

use stand_ins::alb::Faults;

use crate::support::{NAME, echo_state, instance, post, started};

#[tokio::test]
async fn counted_faults_hit_as_many_requests_as_they_say() {
    let alb = started(|_| {}).await;
    let faults = Faults { bad_gateway: 1, throttle: 1, ..Faults::default() };
    alb.set_faults(NAME, faults).unwrap();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(&alb, "/health", "").await.status);
    }
    assert_eq!(statuses, [502, 502, 200]);
    let log = alb.access_log();
    assert!(log[0].contains("LambdaServiceException"), "{log:?}");
    assert!(log[1].contains("LambdaThrottling"), "{log:?}");
    assert_eq!(echo_state(&alb).faults, Faults::default());
    alb.shutdown().await;
}

#[tokio::test]
async fn a_duplicate_is_delivered_twice_and_answered_once() {
    let alb = started(|_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen");
    alb.set_faults(NAME, Faults { duplicate: 1, ..Faults::default() }).unwrap();
    let reply = post(&alb, "/append", file.to_str().unwrap()).await;
    let seen = std::fs::read_to_string(file).unwrap();
    let seen: Vec<&str> = seen.lines().collect();
    assert_eq!(seen.len(), 2);
    assert_ne!(seen[0], seen[1]);
    assert_eq!(reply.text(), seen[0]);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_can_be_lost_before_its_answer_is_sent() {
    let alb = started(|_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen");
    alb.set_faults(NAME, Faults { kill_before_answer: 1, ..Faults::default() }).unwrap();
    let name = file.to_str().unwrap();
    assert_eq!(post(&alb, "/append", name).await.status, 502);
    // The work was done, only the answer is lost.
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
    assert!(echo_state(&alb).instances.is_empty());
    assert_eq!(post(&alb, "/append", name).await.status, 200);
    alb.shutdown().await;
}

#[tokio::test]
async fn an_instance_can_be_lost_after_its_answer() {
    let alb = started(|_| {}).await;
    alb.set_faults(NAME, Faults { kill_after_answer: 1, ..Faults::default() }).unwrap();
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert!(echo_state(&alb).instances.is_empty());
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert_eq!(instance(&alb).id, 2);
    alb.shutdown().await;
}

#[tokio::test]
async fn latency_is_added_to_requests_and_to_starts() {
    let alb = started(|_| {}).await;
    let faults = Faults { latency_ms: 60, cold_start_ms: 60, ..Faults::default() };
    alb.set_faults(NAME, faults).unwrap();
    let begun = Instant::now();
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(120));
    alb.shutdown().await;
}

#[tokio::test]
async fn recycling_makes_the_next_event_start_a_new_instance() {
    let alb = started(|_| {}).await;
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    alb.recycle(NAME).unwrap();
    assert!(echo_state(&alb).instances.is_empty());
    assert_eq!(post(&alb, "/health", "").await.status, 200);
    assert_eq!(instance(&alb).id, 2);
    alb.shutdown().await;
}
