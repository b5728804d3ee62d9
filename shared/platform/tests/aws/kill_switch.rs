//! The kill switch, over every arm of the store.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::clock::Clock;
use platform::identity::Caller;
use platform::store::{Item, KillSwitch, Standing, Store};
use platform::usage::Usage;

use crate::store::arms;

fn caller(oid: &str, issued_at: Timestamp) -> Caller {
    let mut caller = Caller::for_tests(oid);
    caller.issued_at = issued_at;
    caller
}

async fn refuses_what_was_issued_before(store: Store, clock: Clock) {
    let usage = Usage::default();
    let now = clock.now();
    let here = KillSwitch::new(store.clone(), clock.clone());
    let there = KillSwitch::new(store.clone(), clock.clone());
    let (ann, ben) = (caller("ann", now), caller("ben", now));
    let mut ann_elsewhere = ann.clone();
    ann_elsewhere.tid = "other-tenant".into();

    assert_eq!(here.check(&ann, &usage).await, Standing::Allowed);
    assert_eq!(there.check(&ann, &usage).await, Standing::Allowed);
    here.refuse_issued_until(&ann.tid, &ann.oid, now, &usage).await.unwrap();
    assert_eq!(here.check(&ann, &usage).await, Standing::Refused);
    assert_eq!(there.check(&ann, &usage).await, Standing::Allowed, "a reading of this moment");
    clock.advance(Duration::from_secs(30));
    assert_eq!(there.check(&ann, &usage).await, Standing::Refused, "30 s later at the latest");
    for other in [&ben, &ann_elsewhere] {
        assert_eq!(there.check(other, &usage).await, Standing::Allowed);
    }

    let signed_in_again = caller("ann", now + SignedDuration::from_secs(1));
    assert_eq!(there.check(&signed_in_again, &usage).await, Standing::Allowed);
    let earlier = now - SignedDuration::from_secs(100);
    here.refuse_issued_until(&ann.tid, &ann.oid, earlier, &usage).await.unwrap();
    assert_eq!(
        here.check(&ann, &usage).await,
        Standing::Refused,
        "an earlier moment lets nobody in"
    );
    let later = now + SignedDuration::from_secs(5);
    here.refuse_issued_until(&ann.tid, &ann.oid, later, &usage).await.unwrap();
    assert_eq!(here.check(&signed_in_again, &usage).await, Standing::Refused);

    let by_hand = Item::new(format!("V#{}|eve", ann.tid), i64::MAX);
    store.put(by_hand, &usage).await.unwrap();
    assert_eq!(here.check(&caller("eve", now), &usage).await, Standing::Refused);
}

#[tokio::test]
async fn tokens_issued_before_the_switch_are_refused_within_thirty_seconds() {
    for arm in arms().await {
        refuses_what_was_issued_before(arm.instances[0].clone(), arm.clock.clone()).await;
    }
}
