//! `cargo xtask posture`: the security checklist, asked of what this repository would deploy.

use anyhow::{anyhow, bail};
use clap::Args;
use deployment::connectors::Environment;
use deployment::posture::{Deployment, Flavours, Unread, Verdict, json, judge, table};

/// Options of `cargo xtask posture`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The environment that is judged: dev or prod.
    #[arg(long)]
    env: Environment,
    /// Judge every connector as a service on ECS, whatever `infra/connectors.json` says.
    #[arg(long)]
    all_on_ecs: bool,
    /// Print JSON for a program instead of a table for a person.
    #[arg(long)]
    json: bool,
}

/// Prints the verdicts; fails when one is bad, or could not be given.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let environment = options.env.name();
    let flavours = if options.all_on_ecs { Flavours::AllOnEcs } else { Flavours::Listed };
    eprintln!("Applying infra/ of {environment} to an AWS on this machine; this takes minutes …");
    let deployment = Deployment::of(environment, flavours).map_err(|unread| match unread {
        Unread::Missing(what) => anyhow!("NOT CHECKED: {what}"),
        Unread::Failed(problem) => problem.context("NOT CHECKED"),
    })?;
    let verdicts = judge(&deployment);
    if options.json {
        println!("{:#}", json(environment, &verdicts));
    } else {
        print!("{}", table(&verdicts));
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.passes()).count();
    match verdicts.iter().find(|verdict| !verdict.passes()) {
        None => Ok(()),
        Some(Verdict { area, check, .. }) => bail!("{failed} failed, first {area}: {check}"),
    }
}
