//! Memory and CPU of one function, under the Lambda runtime API, over many calls.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

use super::process::{cpu, memory};
use super::runtime_api::{RuntimeApi, event};
use super::stage::{self, Stage};
use super::table::{Reached, Row, Table};
use super::{Bench, CONNECTOR};
use crate::program::Program;

/// Calls before CPU time is counted.
const WARM_UP: usize = 30;
const AT_MOST: Duration = Duration::from_secs(120);

/// Makes the calls, one event after the other, in one process.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let stage = Stage::set(bench, "memory", Duration::ZERO).await?;
    let mut api = RuntimeApi::start().await?;
    let mut command = Command::new(&bench.connector);
    command.env_clear().envs(stage.variables()).envs(api.variables());
    let log = bench.log("memory");
    let program = Program::start_logged(CONNECTOR, command, &log)?;
    let event = call_event(&stage);

    let (started, mut calls, mut before) = (Instant::now(), 0, Duration::ZERO);
    while calls < bench.effort.memory_calls && started.elapsed() < AT_MOST {
        if calls == WARM_UP {
            before = cpu(program.id())?;
        }
        api.put(&event).await?;
        let answer = api.answer().await?.into_ok();
        let (_, body) = answer.with_context(|| format!("see {}", log.display()))?;
        ensure!(!body.contains(r#""isError":true"#), "the tool says that it failed: {body}");
        calls += 1;
    }
    let spent = cpu(program.id())?.saturating_sub(before);
    let used = memory(program.id())?;
    let (now_mb, peak_mb) = (megabytes(used.now_kb), megabytes(used.peak_kb));
    let row = Row::plain(
        format!("Memory of one function after {calls} calls"),
        format!("{now_mb:.1} MB now, {peak_mb:.1} MB at most"),
    );
    table.add(row.promised("< 32 MB", "16 MB", Reached::at_most(now_mb, 32.0, 16.0)));
    let counted = u32::try_from(calls.saturating_sub(WARM_UP))?.max(1);
    let micros = spent.as_secs_f64() * 1e6 / f64::from(counted);
    let row = Row::plain("Own CPU per warm call, as a function", format!("{micros:.0} µs"));
    table.add(row.promised("< 400 µs", "120 µs", Reached::at_most(micros, 400.0, 120.0)));
    program.stop().await;
    Ok(())
}

fn call_event(stage: &Stage) -> Value {
    let bearer = format!("Bearer {}", stage.token);
    let headers = [
        ("host", stage::HOST),
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2025-11-25"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-port", "8000"),
    ];
    event("POST", "/mcp", &headers, &stage.message().to_string())
}

#[expect(clippy::cast_precision_loss, reason = "memory is smaller than 2^52 kilobytes")]
fn megabytes(kb: u64) -> f64 {
    kb as f64 / 1024.0
}
