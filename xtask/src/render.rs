//! `cargo xtask render`: the task definition of the ECS flavour, for one environment.

use std::collections::BTreeMap;

use clap::Args;
use deployment::connectors::Environment;
use deployment::task_definition::{Image, TaskDefinition, Wanted, commit};

use crate::repository::Repository;

/// Options of `cargo xtask render`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The connector.
    connector: String,
    /// The environment it will run in: dev or prod.
    #[arg(long)]
    env: Environment,
    /// The image, as REPOSITORY@sha256:DIGEST; the one that was tagged with this commit when not
    /// said.
    #[arg(long)]
    image: Option<Image>,
}

/// Prints the definition as `aws ecs register-task-definition --cli-input-json` takes it.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    let (_, connector) = repository.connector(&options.connector)?;
    let mut values = BTreeMap::new();
    if options.image.is_none() {
        values.insert("COMMIT".to_owned(), commit(&repository.root)?);
        eprintln!("The image is named by a tag; to deploy, name it with --image REPO@sha256:…");
    }
    let environment = options.env.name();
    let definition = TaskDefinition::render(&Wanted {
        repository: &repository.root,
        connector: &connector.name,
        environment,
        image: options.image.as_ref(),
        values: &values,
    })?;
    println!("{:#}", definition.json());
    Ok(())
}
