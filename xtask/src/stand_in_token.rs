//! A token from the stand-in Entra without the sign-in pages, for tools and tests.

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::addresses::{Addresses, DEFAULT_PORT, loopback};
use crate::client::{loopback_client, send};

/// Who calls, and where the platform runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct Who {
    /// Short name of a person of the demo company: ann, bob, carla or dev.
    #[arg(long, default_value = "ann")]
    pub(crate) user: String,
    /// The port that `cargo xtask up` runs on.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(crate) port: u16,
}

impl Who {
    /// Where the platform listens.
    ///
    /// # Errors
    /// When the port is out of range.
    pub(crate) fn addresses(&self) -> anyhow::Result<Addresses> {
        Addresses::starting_at(self.port)
    }

    /// A bearer token of this person for a connector.
    ///
    /// # Errors
    /// When no platform runs there, or it knows no such person.
    pub(crate) async fn token_for(&self, connector: &str) -> anyhow::Result<String> {
        let url = format!("{}/stand-in/token", loopback(self.addresses()?.entra()));
        let asked = json!({ "user": self.user, "connector": connector });
        let reply = send(loopback_client()?.post(url).json(&asked)).await?;
        let answer = reply.json().context("the stand-in Entra gave no token")?;
        let token = answer.get("access_token").and_then(|token| token.as_str());
        Ok(token.context("the stand-in Entra's answer holds no access_token")?.to_owned())
    }
}
