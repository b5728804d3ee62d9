//! How an instance starts: a process, its runtime API, its streams, its first call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::process::Child;
use tokio::time::Instant;

use super::{Card, Instance, Ready, description, refuse};
use crate::alb::function::Function;
use crate::alb::log::{self, LogSource};
use crate::alb::process::ProcessGroup;
use crate::alb::runtime_api::{Call, RuntimeApi};

impl Instance {
    /// Starts the process and waits until it is ready; the error describes why it is not.
    pub(super) async fn start(
        card: Arc<Card>,
        function: Arc<Function>,
    ) -> Result<(Self, Ready), Bytes> {
        let cannot = |_| description("Runtime.InvalidEntrypoint", "the function cannot be started");
        let api = RuntimeApi::start().await.map_err(cannot)?;
        let program = function.program(api.address);
        let mut child = function.spawner.spawn(program).await.map_err(cannot)?;
        card.begin(ProcessGroup::of(&child));
        capture(&mut child, &card, &function);
        let mut instance = Self { card, function, api, child };
        let ready = instance.init().await?;
        Ok((instance, ready))
    }

    /// Waits until the instance asks for its first event.
    async fn init(&mut self) -> Result<Ready, Bytes> {
        let limit_s = self.function.plan.init_timeout_s;
        let deadline = Instant::now() + Duration::from_secs(limit_s);
        let error = loop {
            tokio::select! {
                call = self.api.calls.recv() => match call {
                    Some(Call::Next(ready)) => return Ok(ready),
                    Some(Call::Done { receipt, .. }) => refuse(receipt),
                    Some(Call::InitError(error)) => break error,
                    None => break description("Runtime.ExitError", "the runtime API has ended"),
                },
                _ = self.child.wait() => {
                    break description("Runtime.ExitError", "the function ended while it started");
                }
                () = tokio::time::sleep_until(deadline) => {
                    break description(
                        "Sandbox.Timedout",
                        &format!("the function was not ready after {limit_s} s"),
                    );
                }
            }
        };
        let record = json!({"status": "error", "initializationType": "on-demand", "phase": "init"});
        log::platform(&self.function.log, self.card.id, None, "platform.initReport", &record);
        Err(error)
    }
}

fn capture(child: &mut Child, card: &Arc<Card>, function: &Arc<Function>) {
    if let Some(stdout) = child.stdout.take() {
        let (card, function) = (Arc::clone(card), Arc::clone(function));
        tokio::spawn(async move {
            let current = || card.request_id();
            log::capture(stdout, LogSource::Stdout, card.id, &function.log, current).await;
        });
    }
    if let Some(stderr) = child.stderr.take() {
        let (card, function) = (Arc::clone(card), Arc::clone(function));
        tokio::spawn(async move {
            let current = || card.request_id();
            log::capture(stderr, LogSource::Stderr, card.id, &function.log, current).await;
        });
    }
}
