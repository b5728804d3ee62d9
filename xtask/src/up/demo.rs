//! One real call per connector, told step by step.

use anyhow::Context as _;
use reqwest::Client;
use serde_json::Value;
use stand_ins::company;

use super::Flavour;
use super::audit_records::newest;
use super::platform::Site;
use crate::client::loopback_client;
use crate::environment::Setting;
use crate::mcp::ToolCall;
use crate::repository::Demo;
use crate::sign_in::Assistant;

/// Who is signed in.
pub(super) const PERSON: &str = "ann";

/// The longest part of an answer's text that is shown.
const MOST_LINES: usize = 40;

/// Makes the calls; answers the names of the connectors for which one failed.
pub(super) async fn show(site: &Site<'_>, flavour: Flavour) -> anyhow::Result<Vec<String>> {
    let client = loopback_client()?;
    let person = company::person(PERSON).context("the demo company has nobody of that name")?;
    let how = match flavour {
        Flavour::Lambda => "a Lambda function behind the load balancer",
        Flavour::Ecs => "an HTTP server behind the load balancer, as on ECS",
    };
    let mut failed = Vec::new();
    for setting in site.settings() {
        let name = &setting.connector.name;
        println!("\n== {name}: {how} ==\n");
        println!("1. An assistant that knows only the address registers itself at the connector.");
        println!("   {} ({}) agrees, and signs in at Entra.", person.name, person.upn);
        if let Err(problem) = show_one(&client, &setting).await {
            println!("   FAILED: {problem:#}");
            failed.push(name.clone());
        }
    }
    Ok(failed)
}

async fn show_one(client: &Client, setting: &Setting<'_>) -> anyhow::Result<()> {
    let connector = setting.connector;
    let assistant = Assistant::register(client, &setting.base_url()?).await?;
    let token = assistant.sign_in(PERSON).await?;
    println!("   The assistant has a token for {} only; Entra's stays here.\n", connector.name);

    let demos = std::iter::once(&connector.demo).chain(&connector.further_demos);
    for (number, demo) in (2_usize..).step_by(3).zip(demos) {
        show_call(client, setting, &token, demo, number).await?;
    }
    Ok(())
}

/// One call, its answer and its audit record, in steps from `number` on.
async fn show_call(
    client: &Client,
    setting: &Setting<'_>,
    token: &str,
    demo: &Demo,
    number: usize,
) -> anyhow::Result<()> {
    let connector = setting.connector;
    let call = ToolCall {
        url: format!("{}/mcp", setting.base_url()?),
        host: format!("{}.localhost", connector.host),
        tool: &demo.tool,
        arguments: &demo.arguments,
    };
    let arguments = Value::Object(call.arguments.clone());
    println!("{number}. The assistant calls {} {arguments}", call.tool);
    println!("   at {}.\n", call.url);
    let answer = call.send(client, token).await?;

    println!(
        "{}. The connector asked Graph on that person's behalf and answers after {} ms:",
        number + 1,
        answer.took.as_millis()
    );
    print_indented(&answer.text());
    anyhow::ensure!(!answer.is_error(), "the tool says that it failed");

    let record = newest(setting.audit, &connector.name)?;
    let record = record.context("the call left no audit record")?;
    println!("\n{}. Before the answer left, this audit record was kept:", number + 2);
    print_indented(&serde_json::to_string_pretty(&record)?);
    println!();
    Ok(())
}

fn print_indented(text: &str) {
    let lines: Vec<_> = text.lines().collect();
    for line in lines.iter().take(MOST_LINES) {
        println!("   | {line}");
    }
    if lines.len() > MOST_LINES {
        println!("   | … {} more lines", lines.len() - MOST_LINES);
    }
}
