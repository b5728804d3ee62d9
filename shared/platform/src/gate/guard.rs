//! Runs foreign work so that neither a panic nor an endless loop can take the request with it.

use std::future::Future;
use std::pin::Pin;

use tokio::time::Instant;

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
    work: impl Future<Output = T> + Send + 'static,
    deadline: Instant,
) -> impl Future<Output = Finished<T>> {
    // Boxed at once: a tool's future is large, and would be copied on its way into the task.
    let work = Box::pin(work);
    watched(work, deadline)
}

async fn watched<T: Send + 'static>(
    work: Pin<Box<impl Future<Output = T> + Send + 'static>>,
    deadline: Instant,
) -> Finished<T> {
    let task = tokio::spawn(work);
    let abort = AbortOnDrop(task.abort_handle());
    let finished = match tokio::time::timeout_at(deadline, task).await {
        Ok(Ok(answer)) => Finished::Answered(answer),
        Ok(Err(_panic)) => Finished::Panicked,
        Err(_elapsed) => Finished::Overran,
    };
    drop(abort);
    finished
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
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_panic_ends_the_work_and_not_the_request() {
        let soon = Instant::now() + Duration::from_secs(5);
        let work = async { [1, 2, 3].iter().position(|n| *n == 9).unwrap() };
        assert!(matches!(run(work, soon).await, Finished::Panicked));
        assert!(matches!(run(async { 7 }, soon).await, Finished::Answered(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn endless_work_is_stopped_at_its_deadline() {
        let (gone, stopped) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let _gone = gone;
            std::future::pending::<()>().await;
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        assert!(matches!(run(work, deadline).await, Finished::Overran));
        assert!(stopped.await.is_err(), "the work was dropped");
    }
}
