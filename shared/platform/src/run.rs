//! From the environment to a serving process: the whole of a connector's `main`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::admit::Admission;
use crate::assemble::Parts;
use crate::config::{ConfigError, Host, Settings, Vars};
use crate::connector::{Connector, Platform};
use crate::edge::{self, Allowed, Edge, MAX_REQUEST_BYTES};
use crate::gate::{Exit, Gate, Workers};
use crate::{revoke, serve, telemetry};

/// Runs a connector: reads and checks the settings, prepares keys, secrets and clients, serves.
///
/// `--check-config` prints the settings, secrets masked, and ends. `--revoke OID [--tenant TID]`
/// refuses what was issued to a person up to now, and ends.
pub fn run<C: Connector>() -> ExitCode {
    let vars = Vars::of_process();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check_only = arguments.iter().any(|argument| argument == "--check-config");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime did not start: {error}")),
    };
    let outcome = runtime.block_on(async {
        if arguments.iter().any(|argument| argument == "--revoke") {
            print_line(&revoke::revoke(&vars, &arguments).await?);
            Ok(())
        } else if check_only {
            check::<C>(&vars).await
        } else {
            start_and_serve::<C>(&vars).await
        }
    });
    // Nothing runs on: what is left belongs to connections that were cut.
    runtime.shutdown_timeout(Duration::from_millis(100));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

/// Threads for the work of tools: what is left beside the one that answers requests. A function
/// handles one event at a time and needs no more.
fn workers(host: Host) -> usize {
    match host {
        Host::Lambda => 1,
        Host::Ecs | Host::Process => {
            std::thread::available_parallelism().map_or(1, |cores| cores.get() - 1)
        }
    }
}

async fn start_and_serve<C: Connector>(vars: &Vars) -> anyhow::Result<()> {
    let workers = Workers::apart(workers(Host::from_vars(vars)))?;
    let (router, settings) = assembled::<C>(vars, workers).await?;
    serve::serve(router, &settings).await
}

async fn check<C: Connector>(vars: &Vars) -> anyhow::Result<()> {
    let _ready = application::<C>(vars).await?;
    print_line(&vars.masked());
    Ok(())
}

/// The whole HTTP surface of a connector, ready to serve; its tools run in the runtime that serves
/// it.
///
/// # Errors
/// The first setting that is missing, unknown or contradicts another.
pub async fn application<C: Connector>(
    vars: &Vars,
) -> Result<(axum::Router, Settings), ConfigError> {
    Box::pin(assembled::<C>(vars, Workers::here())).await
}

async fn assembled<C: Connector>(
    vars: &Vars,
    workers: Workers,
) -> Result<(axum::Router, Settings), ConfigError> {
    let lines = telemetry::init(vars, C::NAME)?;
    let parts = Parts::assemble::<C>(vars, lines).await?;
    let platform = Platform {
        environment: parts.settings.environment,
        clock: parts.clock.clone(),
        http_client: parts.http_client.clone(),
    };
    let connector = C::build(&platform, &parts.vars)?;
    let exit = Exit {
        origin: parts.origin.clone(),
        auditor: Arc::clone(&parts.auditor),
        clock: parts.clock.clone(),
        memory_mb: parts.memory_mb,
    };
    let gate = Gate::new(connector, exit, workers);
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(MAX_REQUEST_BYTES)
        // `edge` has checked both, with our own lists.
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let mcp = StreamableHttpService::new(
        move || Ok(gate.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let settings = parts.settings.clone();
    let edge = Edge::<C> {
        allowed: Allowed::new(&settings.allowed_hosts, &settings.allowed_origins),
        challenge: parts.challenge,
        metadata: parts.metadata,
        signed_in: parts.signed_in,
        admission: Admission {
            limit: parts.limit,
            kill_switch: parts.kill_switch,
            tokens: parts.tokens,
            keyring: parts.keyring,
            auditor: parts.auditor,
            origin: parts.origin,
            proof: parts.proof,
            connector: C::NAME,
            clock: parts.clock.clone(),
        },
        oauth: parts.oauth,
        mcp,
        clock: parts.clock,
        lines: parts.lines,
        settings: settings.clone(),
    };
    Ok((edge::router(Arc::new(edge)), settings))
}

#[expect(clippy::print_stderr, reason = "the one line that says why the process did not start")]
fn failed(problem: &str) -> ExitCode {
    eprintln!("{problem}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "the answer to --check-config and --revoke")]
fn print_line(text: &str) {
    println!("{text}");
}
