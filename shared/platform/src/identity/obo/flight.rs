//! One exchange for many who ask the same at the same time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

/// When this many flights are noted, those that have ended are forgotten.
const SWEEP_AT: usize = 256;

type Flight<T> = BoxFuture<'static, T>;

/// Work in progress, by what is asked. Nothing is kept once nobody waits for it.
///
/// Everybody who waits drives the work, so it goes on when the one who began it is cancelled.
pub(crate) struct Flights<T>(Mutex<HashMap<[u8; 32], WeakShared<Flight<T>>>>)
where
    T: Clone;

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Joins the work for this key, or begins it.
    pub(crate) async fn join(&self, key: [u8; 32], begin: impl FnOnce() -> Flight<T>) -> T {
        self.boarded(key, begin).await
    }

    fn boarded(&self, key: [u8; 32], begin: impl FnOnce() -> Flight<T>) -> Shared<Flight<T>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A flight that has landed is over: its result is not a cache.
        if let Some(flight) = flights.get(&key).and_then(WeakShared::upgrade)
            && flight.peek().is_none()
        {
            return flight;
        }
        if flights.len() >= SWEEP_AT {
            flights.retain(|_, flight| flight.upgrade().is_some());
        }
        let flight = begin().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key, weak);
        }
        flight
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_cancelled_beginner_leaves_the_work_to_those_who_wait() {
        let flights = Flights::<u32>::new();
        let count = Arc::new(AtomicUsize::new(0));
        let (open, gate) = tokio::sync::oneshot::channel::<()>();
        let gate = gate.shared();
        let begin = || {
            let (count, gate) = (count.clone(), gate.clone());
            let work = async move {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = gate.await;
                7
            };
            work.boxed()
        };

        let mut beginner = Box::pin(flights.join([1; 32], begin));
        let mut follower = Box::pin(flights.join([1; 32], begin));
        assert!(futures::poll!(&mut beginner).is_pending());
        assert!(futures::poll!(&mut follower).is_pending());
        drop(beginner);
        open.send(()).unwrap();

        assert_eq!(follower.await, 7);
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert_eq!(flights.join([1; 32], begin).await, 7);
        assert_eq!(count.load(Ordering::SeqCst), 2, "a result is not kept");
    }

    #[tokio::test]
    async fn flights_that_have_ended_do_not_pile_up() {
        let flights = Flights::<u8>::new();
        for n in 0..2_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            flights.join(key, || async { 1 }.boxed()).await;
        }
        assert!(flights.0.lock().unwrap().len() <= SWEEP_AT);
    }
}
