//! The scenarios tagged `@smoke`, against a deployed connector: over HTTP and with nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::Value;
use url::Url;

use crate::site::There;
use crate::telling::{said, tell};
use crate::{Definitions, Story, World, stories};

/// The tag of the scenarios that are run.
const SMOKE: &str = "smoke";
/// The tag of those that need somebody's token.
const WITH_TOKEN: &str = "with-token";
/// The tag of those that need the connector's own authorization server.
const OWN_SERVER: &str = "own-server";
/// How long one request may take, a cold start included.
const PATIENCE: Duration = Duration::from_secs(40);

/// What is tested.
pub struct Target {
    there: There,
    http: Client,
}

/// How a scenario ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was as it should be.
    Passed,
    /// It cannot be told there, for this reason.
    Skipped(String),
    /// It broke, as this says.
    Failed(String),
}

impl Target {
    /// The connector of this name at this address, with somebody's token for it if there is one.
    ///
    /// # Errors
    /// When the address is none that a connector can have.
    pub fn new(base_url: &str, connector: &str, token: Option<String>) -> anyhow::Result<Self> {
        let url = Url::parse(base_url).context("the base URL is no address")?;
        let plain = url.query().is_none() && url.username().is_empty() && url.path() == "/";
        ensure!(
            matches!(url.scheme(), "https" | "http") && plain,
            "the base URL is https://host, as in MCP_BASE_URL"
        );
        // An error would mean that somebody in this process chose already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let http = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build()?;
        let there = There {
            base_url: base_url.trim_end_matches('/').to_owned(),
            connector: connector.to_owned(),
            token,
        };
        Ok(Self { there, http })
    }

    /// Why a story cannot be told there, if it cannot.
    fn obstacle(&self, story: &Story, has_own_server: bool) -> Option<String> {
        if story.has(WITH_TOKEN) && self.there.token.is_none() {
            return Some("it needs a token: --token".to_owned());
        }
        let needs_server = story.has(OWN_SERVER) && !has_own_server;
        needs_server
            .then(|| "people sign in at Entra itself there, not at the connector".to_owned())
    }

    /// Whether the connector offers a sign-in of its own; what cannot be read offers one, so that
    /// its scenarios fail and say why.
    async fn has_own_server(&self) -> bool {
        let base = &self.there.base_url;
        let address = format!("{base}/.well-known/oauth-protected-resource/mcp");
        let Ok(response) = self.http.get(address).send().await else { return true };
        let Ok(document) = response.json::<Value>().await else { return true };
        document["authorization_servers"].as_array().is_none_or(|servers| {
            servers.iter().any(|server| server.as_str() == Some(base.as_str()))
        })
    }

    async fn tell(&self, story: &Story, definitions: &Definitions) {
        let mut world = World::there(self.there.clone(), self.http.clone());
        tell(story, definitions, &mut world).await;
        world.finish().await;
    }
}

/// Tells the scenarios one after the other, and says how each ended as soon as it did.
///
/// # Errors
/// When the features do not fit their steps.
pub fn run(
    target: &Target,
    folder: &Path,
    mut report: impl FnMut(&str, &Outcome),
) -> anyhow::Result<()> {
    let (all, definitions) = (stories(folder)?, Definitions::all());
    definitions.check(&all)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let has_own_server = runtime.block_on(target.has_own_server());
    for story in all.iter().filter(|story| story.has(SMOKE)) {
        let obstacle = target.obstacle(story, has_own_server);
        let outcome = obstacle.map_or_else(
            || {
                let tell = || runtime.block_on(target.tell(story, &definitions));
                match catch_unwind(AssertUnwindSafe(tell)) {
                    Ok(()) => Outcome::Passed,
                    Err(problem) => Outcome::Failed(said(&*problem).trim_end().to_owned()),
                }
            },
            Outcome::Skipped,
        );
        report(&story.name, &outcome);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_more_than_a_host_is_refused() {
        for address in [
            "sharepoint.example",
            "https://a.example/mcp",
            "https://u@a.example",
            "ftp://a.example",
        ] {
            assert!(Target::new(address, "sharepoint", None).is_err(), "{address}");
        }
        let target = Target::new("https://a.example:8443/", "sharepoint", None).unwrap();
        assert_eq!(target.there.base_url, "https://a.example:8443");
    }

    #[test]
    fn what_cannot_be_told_there_says_why() {
        let story = |tags: &[&str]| Story {
            name: "s".to_owned(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            steps: Vec::new(),
        };
        let target = Target::new("https://a.example", "sharepoint", None).unwrap();
        assert_eq!(target.obstacle(&story(&["smoke"]), false), None);
        assert_eq!(target.obstacle(&story(&["smoke", "own-server"]), true), None);
        let token = target.obstacle(&story(&["smoke", "with-token"]), true).unwrap();
        assert!(token.contains("--token"), "{token}");
        assert!(target.obstacle(&story(&["own-server"]), false).is_some());
    }
}
