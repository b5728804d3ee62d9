//! `cargo xtask …`: everything a person types in this repository.
//!
//! Each command is a file of its own; what several of them need stands in the files after them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its own streams"
)]

mod bench;
mod call;
mod env;
mod event;
mod package;
mod posture;
mod render;
mod revoke;
mod smoke;
mod test;
mod token;
mod up;

mod addresses;
mod build;
mod client;
mod environment;
mod launch;
mod mcp;
mod program;
mod repository;
mod sign_in;
mod stand_in_token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Everything a person types in this repository.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole platform on this machine, with a demo call per connector.
    Up(up::Options),
    /// Run everything continuous integration runs.
    Test(test::Options),
    /// Run the features tagged @smoke against a deployed connector.
    Smoke(smoke::Options),
    /// Print a bearer token from the stand-in Entra of a running `up`.
    Token(token::Options),
    /// Make one tool call against a running `up`.
    Call(call::Options),
    /// Refuse what was issued to a person so far, in a running `up`.
    Revoke(revoke::Options),
    /// Print the env file of a connector for `cargo lambda watch`.
    Env(env::Options),
    /// Print a load balancer event with a fresh token for `cargo lambda invoke`.
    Event(event::Options),
    /// Build the deployable zips.
    Package(package::Options),
    /// Print the task definition of the ECS flavour.
    Render(render::Options),
    /// Check what would be deployed against the security checklist.
    Posture(posture::Options),
    /// Measure start, cost per call and sign-in, memory, size and round trips, beside peers.
    Bench(bench::Options),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match CommandLine::parse().command {
        Command::Up(options) => up::run(options).await,
        Command::Test(options) => test::run(options).await,
        Command::Smoke(options) => smoke::run(options).await,
        Command::Token(options) => token::run(options).await,
        Command::Call(options) => call::run(options).await,
        Command::Revoke(options) => revoke::run(options).await,
        Command::Env(options) => env::run(&options),
        Command::Event(options) => event::run(options).await,
        Command::Package(options) => package::run(options).await,
        Command::Render(options) => render::run(&options),
        Command::Posture(options) => posture::run(&options),
        Command::Bench(options) => bench::run(options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests;
