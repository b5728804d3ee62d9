//! Waiting for something that another process does, within a bound.

use std::time::Duration;

use tokio::time::timeout;

/// Far more than anything here takes, also on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until something is there.
///
/// # Panics
/// When it is not there in time.
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let found = timeout(PATIENCE, async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            ticks.tick().await;
        }
    });
    found.await.unwrap_or_else(|_| panic!("never: {what}"))
}
