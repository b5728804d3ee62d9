//! AWS as moto understands it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Missing;
use crate::tools::{Tool, repository};

/// A running moto, empty at first; it ends when this is dropped.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    /// Starts one that believes to be `account`, on a port of its own.
    ///
    /// # Errors
    /// [`Missing`] when moto is not installed.
    pub fn start(account: &str) -> Result<Self> {
        let mut command = Tool::Moto.command().map_err(Missing)?;
        let script = repository().join("tests/deployment/foreign/moto_for_terraform.py");
        // Certificates are issued at once.
        command.arg(script).env("MOTO_ACCOUNT_ID", account).env("MOTO_ACM_VALIDATION_WAIT", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().context("starting moto")?;
        let mut line = String::new();
        let output = process.stdout.take().context("moto has no output")?;
        BufReader::new(output).read_line(&mut line).context("moto did not say where it is")?;
        let said: Value = serde_json::from_str(&line).context("moto did not start")?;
        let url = said.get("listening").and_then(Value::as_str).context("moto has no address")?;
        Ok(Self { url: url.to_owned(), process })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
