//! What is remembered about failed exchanges, so that Entra is not asked in vain.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::OboError;
use crate::clock::Clock;
use crate::memory::{self, Bounds};

/// How many people and scopes are remembered.
const ENTRIES: u64 = 10_000;
/// How long our credentials rest when none is accepted.
pub(in crate::identity) const BREAKER: Duration = Duration::from_secs(30);
/// How long a person who is not assigned is remembered.
const NOT_ASSIGNED_FOR: Duration = Duration::from_secs(60);
/// The longest wait that is believed.
const LONGEST: Duration = Duration::from_secs(3600);

/// A person and the scopes they asked for.
pub(super) type PersonAndScopes = [u8; 32];

/// An error that is answered again without asking, until its time.
#[derive(Clone)]
struct Held {
    until: Timestamp,
    error: OboError,
}

/// Failed exchanges that need not be repeated yet.
pub(super) struct Memory {
    clock: Clock,
    everybody: Mutex<Option<Held>>,
    person: memory::Memory<Held>,
}

impl Memory {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            everybody: Mutex::new(None),
            person: memory::Memory::new(Bounds::of(ENTRIES)),
        }
    }

    /// The error to answer without asking Entra.
    pub(super) fn recall(&self, who: &PersonAndScopes) -> Option<OboError> {
        let everybody = self.everybody.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let held = match everybody.and_then(|held| self.still(held)) {
            Some(error) => return Some(error),
            None => self.person.get(who)?,
        };
        self.still(held)
    }

    /// Remembers the errors that would only come again.
    pub(super) fn hold(&self, who: &PersonAndScopes, error: &OboError) {
        match error {
            OboError::OurCredential { retry_after } | OboError::TenantThrottled { retry_after } => {
                let held = self.held(error, *retry_after);
                *self.everybody.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
            }
            OboError::NotAssigned => {
                let held = self.held(error, NOT_ASSIGNED_FOR);
                self.person.insert(who, held);
            }
            OboError::Loop { retry_after } | OboError::Throttled { retry_after } => {
                let held = self.held(error, *retry_after);
                self.person.insert(who, held);
            }
            OboError::AssertionInvalid
            | OboError::ClaimsNeeded { .. }
            | OboError::Blocked { .. }
            | OboError::ConsentNeeded
            | OboError::PersonGone
            | OboError::SignInEnded
            | OboError::OurRegistration
            | OboError::OurScopes
            | OboError::NotInTenant
            | OboError::Transient { .. }
            | OboError::ScopeMissing { .. }
            | OboError::BadAnswer => {}
        }
    }

    fn held(&self, error: &OboError, wait: Duration) -> Held {
        let wait = SignedDuration::try_from(wait.min(LONGEST)).unwrap_or(SignedDuration::ZERO);
        Held { until: crate::identity::keys::later(self.clock.now(), wait), error: error.clone() }
    }

    fn still(&self, held: Held) -> Option<OboError> {
        let left = held.until.duration_since(self.clock.now());
        let left = Duration::try_from(left).ok().filter(|left| !left.is_zero())?;
        Some(held.error.waiting(left))
    }
}
