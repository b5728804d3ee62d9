//! A connector's process that listens on a socket, and what it writes.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::output::Output;
use crate::{PATIENCE, until};

/// The running process.
pub(crate) struct Process {
    pub(crate) child: Child,
    stdout: Output,
    stderr: Output,
    copying: JoinSet<()>,
}

impl Process {
    /// Starts it and waits until it says where it listens.
    pub(crate) async fn start(mut command: Command) -> (Self, SocketAddr) {
        let mut child = command.spawn().unwrap();
        let (stdout, stderr) = (Output::default(), Output::default());
        let mut copying = JoinSet::new();
        copying.spawn(stdout.clone().copy(child.stdout.take().unwrap()));
        copying.spawn(stderr.clone().copy(child.stderr.take().unwrap()));
        let address = until("the server listens", || {
            if let Ok(Some(status)) = child.try_wait() {
                panic!("it ended with {status}: {:?} {:?}", stdout.lines(), stderr.lines());
            }
            stdout.lines().iter().find_map(|line| listening(line))
        })
        .await;
        (Self { child, stdout, stderr, copying }, address)
    }

    /// Everything it wrote so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        [self.stdout.lines(), self.stderr.lines()].concat()
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Tells it to end at once. What it wrote is complete after this.
    pub(crate) async fn end(&mut self) {
        self.child.start_kill().ok();
        while self.copying.join_next().await.is_some() {}
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
    }
}

fn listening(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    let found = [&line, &line["fields"]].into_iter().find(|fields| fields["event"] == "listening");
    found?["address"].as_str()?.parse().ok()
}
