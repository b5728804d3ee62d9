//! The instances of one function: which of them takes an event, and when there is a new one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::function::Function;
use super::instance::{Card, Job, Outcome, Status, live};
use super::process::ProcessGroup;

/// How long instances may take to end when asked politely.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often an event that met a dying instance is offered to another.
const OFFERS: usize = 3;

/// The instances of one function.
#[derive(Debug)]
pub(super) struct Pool {
    /// The function they are instances of.
    pub(super) function: Arc<Function>,
    instances: Mutex<Vec<Member>>,
    started: AtomicU64,
    throttles: AtomicU64,
    closed: AtomicBool,
}

#[derive(Debug)]
struct Member {
    card: Arc<Card>,
    jobs: mpsc::Sender<Job>,
    life: JoinHandle<()>,
}

impl Pool {
    /// A pool without instances.
    pub(super) fn new(function: Function) -> Self {
        Self {
            function: Arc::new(function),
            instances: Mutex::default(),
            started: AtomicU64::new(0),
            throttles: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Gives an event to a free instance, or to a new one.
    pub(super) async fn invoke(&self, event: Bytes) -> Outcome {
        if self.function.faults.draw_throttle() {
            return self.throttle();
        }
        let kill = self.function.faults.draw_kill();
        for _ in 0..OFFERS {
            let Some(jobs) = self.reserve() else {
                return self.throttle();
            };
            let (reply, outcome) = oneshot::channel();
            let job = Job { event: event.clone(), kill, reply };
            if jobs.try_send(job).is_err() {
                continue;
            }
            // The instance keeps the deadlines of start and invocation, and drops the reply when
            // it ended before the event reached it.
            if let Ok(outcome) = outcome.await {
                return outcome;
            }
        }
        self.throttle()
    }

    /// The public side of every instance that is not gone.
    pub(super) fn cards(&self) -> Vec<Arc<Card>> {
        let mut instances = self.lock();
        forget_gone(&mut instances);
        instances.iter().map(|member| Arc::clone(&member.card)).collect()
    }

    /// How many instances were started so far.
    pub(super) fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    /// How many events were turned away so far.
    pub(super) fn throttles(&self) -> u64 {
        self.throttles.load(Ordering::Relaxed)
    }

    /// Kills every instance; the next event starts a new one.
    pub(super) fn recycle(&self) {
        for card in self.cards() {
            card.end();
        }
    }

    /// Kills every instance, and starts no other.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.recycle();
    }

    /// Ends every instance, politely first and then not, and starts no other.
    pub(super) async fn shutdown(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let mut members = std::mem::take(&mut *self.lock());
        for member in &members {
            member.card.with_group(ProcessGroup::terminate);
        }
        let farewell = async {
            for member in &mut members {
                drop((&mut member.life).await);
            }
        };
        // Whoever is left after this is killed with the members' cards below.
        drop(timeout(FAREWELL, farewell).await);
        for member in members {
            member.card.end();
            member.life.abort();
        }
    }

    fn reserve(&self) -> Option<mpsc::Sender<Job>> {
        let mut instances = self.lock();
        if self.closed.load(Ordering::SeqCst) {
            return None;
        }
        forget_gone(&mut instances);
        if let Some(member) = instances.iter().find(|member| member.card.reserve()) {
            return Some(member.jobs.clone());
        }
        if instances.len() >= self.function.plan.concurrency {
            return None;
        }
        let id = self.started.fetch_add(1, Ordering::Relaxed) + 1;
        let card = Arc::new(Card::new(id));
        let (jobs, inbox) = mpsc::channel(1);
        let life = {
            let (card, function) = (Arc::clone(&card), Arc::clone(&self.function));
            tokio::spawn(async move {
                live(Arc::clone(&card), function, inbox).await;
                card.end();
            })
        };
        instances.push(Member { card, jobs: jobs.clone(), life });
        Some(jobs)
    }

    fn throttle(&self) -> Outcome {
        self.throttles.fetch_add(1, Ordering::Relaxed);
        Outcome::Throttled
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Member>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for member in self.lock().iter() {
            member.card.end();
            member.life.abort();
        }
    }
}

fn forget_gone(instances: &mut Vec<Member>) {
    instances.retain(|member| member.card.status() != Status::Gone);
}
