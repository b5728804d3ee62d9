//! Work under way, by key, which many wait for.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OnceCell;

/// When this many flights are noted, those that everybody left are forgotten.
const SWEEP_AT: usize = 256;

/// Flights by the type of their outcome and by key, noted from boarding to landing.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Key, Noted>>);

type Key = (TypeId, Box<[u8]>);
type Noted = Weak<dyn Any + Send + Sync>;

impl Flights {
    /// The flight for this key. One of those on board does the work; when they leave, the next.
    pub(super) fn board<T: Send + Sync + 'static>(&self, key: &[u8]) -> Arc<OnceCell<T>> {
        let new = || Arc::new(OnceCell::<T>::new());
        let noted = self.noted((TypeId::of::<T>(), Box::from(key)), &|| new());
        noted.downcast().unwrap_or_else(|_| new())
    }

    /// Ends the flight: nobody boards any more.
    pub(super) fn land<T: 'static>(&self, key: &[u8]) {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flights.remove(&(TypeId::of::<T>(), Box::from(key)));
    }

    fn noted(
        &self,
        key: Key,
        new: &dyn Fn() -> Arc<dyn Any + Send + Sync>,
    ) -> Arc<dyn Any + Send + Sync> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key).and_then(Weak::upgrade) {
            return flight;
        }
        if flights.len() >= SWEEP_AT {
            flights.retain(|_, flight| flight.strong_count() > 0);
        }
        let flight = new();
        flights.insert(key, Arc::downgrade(&flight));
        flight
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
