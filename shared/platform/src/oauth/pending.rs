//! What Entra asked for while a person was away: their next sign-in brings it.

use std::time::Duration;

use super::records::Pending;
use crate::store::{RecordKind, SealedStore, StoreError};
use crate::usage::Usage;

/// How long it is remembered.
pub(crate) const KEPT: Duration = Duration::from_hours(1);
/// How often a note is tried against others.
const TRIES: usize = 4;

/// The id of a person's record.
pub(crate) fn id(tid: &str, oid: &str) -> String {
    format!("{tid}|{oid}")
}

/// Adds to what a person's next sign-in has to bring; newer claims replace older ones.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn note(
    records: &SealedStore,
    (tid, oid): (&str, &str),
    next: Pending,
    until_s: i64,
    usage: &Usage,
) -> Result<(), StoreError> {
    let (kind, id) = (RecordKind::Pending, id(tid, oid));
    let mut outcome = records.put_new(kind, &id, &next, until_s, usage).await;
    for _ in 0..TRIES {
        let Err(StoreError::ConditionFailed(_)) = outcome else { break };
        outcome = match records.get::<Pending>(kind, &id, usage).await? {
            None => records.put_new(kind, &id, &next, until_s, usage).await,
            Some(there) => {
                let both = Pending {
                    claims: next.claims.clone().or(there.value.claims),
                    consent: next.consent || there.value.consent,
                };
                let written = records.replace(kind, &id, &both, until_s, there.version, usage);
                written.await.map(drop)
            }
        };
    }
    outcome
}
