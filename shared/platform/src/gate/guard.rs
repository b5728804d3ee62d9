//! Runs foreign work so that neither a panic nor an endless loop can take the request with it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::workers::Workers;

/// Work that yields at all is gone this soon after it was told to stop.
const STOPS_WITHIN: Duration = Duration::from_millis(100);

/// How a piece of work ended.
pub(crate) enum Finished<T> {
    /// It gave an answer, good or bad.
    Answered(T),
    /// It panicked.
    Panicked,
    /// It had not answered at its deadline, and was stopped.
    Overran,
}

/// Runs the work in a task of its own until the deadline.
///
/// A task of its own contains a panic, and lets us answer in time even when the work never
/// yields. After the deadline it is aborted: nothing runs on after the answer.
pub(super) fn run<T: Send + 'static>(
    workers: &Workers,
    work: impl Future<Output = T> + Send + 'static,
    deadline: Instant,
) -> impl Future<Output = Finished<T>> {
    // Boxed at once: a tool's future is large, and would be copied on its way into the task.
    let work = Box::pin(work);
    watched(workers.clone(), work, deadline)
}

async fn watched<T: Send + 'static>(
    workers: Workers,
    work: Pin<Box<impl Future<Output = T> + Send + 'static>>,
    deadline: Instant,
) -> Finished<T> {
    let (mut task, crew) = workers.spawn(work);
    let abort = AbortOnDrop(task.abort_handle());
    match timeout_at(deadline, &mut task).await {
        Ok(Ok(answer)) => return Finished::Answered(answer),
        Ok(Err(_panic)) => return Finished::Panicked,
        Err(_elapsed) => drop(abort),
    }
    if timeout(STOPS_WITHIN, task).await.is_err() {
        workers.replace(crew);
    }
    Finished::Overran
}

/// The caller may go away first: the work goes with it.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_panic_ends_the_work_and_not_the_request() {
        let soon = Instant::now() + Duration::from_secs(5);
        let work = async { [1, 2, 3].iter().position(|n| *n == 9).unwrap() };
        assert!(matches!(run(&Workers::here(), work, soon).await, Finished::Panicked));
        assert!(matches!(run(&Workers::here(), async { 7 }, soon).await, Finished::Answered(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn endless_work_is_stopped_at_its_deadline() {
        let (gone, stopped) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let _gone = gone;
            std::future::pending::<()>().await;
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        assert!(matches!(run(&Workers::here(), work, deadline).await, Finished::Overran));
        assert!(stopped.await.is_err(), "the work was dropped");
    }

    #[tokio::test]
    async fn work_that_never_yields_is_answered_for_and_holds_up_no_other() {
        let workers = Workers::apart(1).unwrap();
        let (release, released) = mpsc::channel::<()>();
        let stuck = async move { released.recv().is_ok() };
        let soon = Instant::now() + Duration::from_millis(50);
        assert!(matches!(run(&workers, stuck, soon).await, Finished::Overran));
        let later = Instant::now() + Duration::from_secs(30);
        assert!(matches!(run(&workers, async { 7 }, later).await, Finished::Answered(7)));
        drop(release);
    }

    #[tokio::test]
    async fn work_that_stops_when_told_keeps_its_thread() {
        let workers = Workers::apart(1).unwrap();
        let thread = || async { std::thread::current().id() };
        let later = Instant::now() + Duration::from_secs(30);
        let Finished::Answered(before) = run(&workers, thread(), later).await else { panic!() };
        let endless = std::future::pending::<()>();
        assert!(matches!(run(&workers, endless, Instant::now()).await, Finished::Overran));
        let Finished::Answered(after) = run(&workers, thread(), later).await else { panic!() };
        assert_eq!(before, after);
        assert_ne!(before, std::thread::current().id());
    }
}
