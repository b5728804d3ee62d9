//! Eight at once: exactly one makes, uses, replaces or takes a record, in three hundred rounds.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use platform::store::{RecordKind, SealedStore, StoreError, Used};
use platform::usage::Usage;
use tokio::sync::Barrier;

use crate::arms::{Arm, keyring};
use crate::moto::EmptyTable;

const ROUNDS: usize = 300;

/// How many of the eight won, by what they tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Winners {
    made: usize,
    used: usize,
    replaced: usize,
    took: usize,
}

const ONE_EACH: Winners = Winners { made: 1, used: 1, replaced: 1, took: 1 };

/// What the eight try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contest {
    /// To make, use, replace and take.
    Everything,
    /// To use what the first of them made.
    Using,
}

/// One of the eight: tries once per round, each time together with the others.
async fn contender(
    sealed: SealedStore,
    start: Arc<Barrier>,
    end_s: i64,
    contest: Contest,
    place: usize,
) -> Vec<Winners> {
    let usage = Usage::default();
    let kind = RecordKind::Code;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let id = format!("code-{round}");
        let mut won = Winners::default();
        start.wait().await;
        if place == 0 || contest == Contest::Everything {
            won.made = count(sealed.put_new(kind, &id, &round, end_s, &usage).await);
        }
        start.wait().await;
        if let Used::First(record) = sealed.mark_used::<usize>(kind, &id, &usage).await.unwrap() {
            assert_eq!(record.value, round);
            won.used = 1;
        }
        if contest == Contest::Everything {
            start.wait().await;
            won.replaced = count(sealed.replace(kind, &id, &round, end_s, 1, &usage).await);
            start.wait().await;
            let taken = sealed.take::<usize>(kind, &id, &usage).await.unwrap();
            won.took = usize::from(taken.is_some());
        }
        rounds.push(won);
    }
    assert_eq!(usage.unreadable_items(), 0);
    rounds
}

fn count<T>(tried: Result<T, StoreError>) -> usize {
    match tried {
        Ok(_) => 1,
        Err(StoreError::ConditionFailed(_)) => 0,
        Err(error) => panic!("{error}"),
    }
}

/// The rounds in which not exactly one won.
async fn doubtful_rounds(arm: &Arm, contest: Contest) -> Vec<Winners> {
    let started = Instant::now();
    let barrier = Arc::new(Barrier::new(arm.instances.len()));
    let end_s = arm.clock.now_s() + 60;
    let keyring = keyring().await;
    let contenders = arm.instances.iter().enumerate().map(|(place, store)| {
        let sealed = SealedStore::new(store.clone(), keyring.clone(), "sharepoint");
        tokio::spawn(contender(sealed, barrier.clone(), end_s, contest, place))
    });
    let all: Vec<Vec<Winners>> =
        join_all(contenders).await.into_iter().map(Result::unwrap).collect();
    let rounds = (0..ROUNDS).map(|round| {
        all.iter().map(|one| one[round]).fold(Winners::default(), |sum, won| Winners {
            made: sum.made + won.made,
            used: sum.used + won.used,
            replaced: sum.replaced + won.replaced,
            took: sum.took + won.took,
        })
    });
    let expected = match contest {
        Contest::Everything => ONE_EACH,
        Contest::Using => Winners { replaced: 0, took: 0, ..ONE_EACH },
    };
    let doubtful: Vec<Winners> = rounds.filter(|winners| *winners != expected).collect();
    say(&format!("{}: {} doubtful, {:?}", arm.name, doubtful.len(), started.elapsed()));
    doubtful
}

/// Past the test harness, which would swallow it.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_one_of_eight_wins_in_this_process() {
    assert_eq!(doubtful_rounds(&Arm::memory(), Contest::Everything).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_one_of_eight_wins_over_one_directory() {
    assert_eq!(doubtful_rounds(&Arm::disk().await, Contest::Everything).await, []);
}

/// moto takes no lock between checking a condition and writing, so what it says against us is a
/// doubt: the referee decides, an engine that takes one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_one_of_eight_wins_over_a_table() {
    let mut doubtful = 0;
    if let Some(moto) = crate::moto::address() {
        let table = EmptyTable::create_in(crate::aws_at(moto).await).await;
        let moto = Arm::table("moto, eight requests at a time", &table);
        doubtful = doubtful_rounds(&moto, Contest::Using).await.len();
    }
    if let Some(aws) = crate::dynalite::aws().await {
        let referee = Arm::table("dynalite", &EmptyTable::create_in(aws).await);
        assert_eq!(doubtful_rounds(&referee, Contest::Everything).await, []);
    } else if doubtful > 0 {
        say("no referee is there; moto is asked again, one request at a time");
        let moto = Arm::moto().await.unwrap();
        assert_eq!(doubtful_rounds(&moto, Contest::Using).await, []);
    }
}
