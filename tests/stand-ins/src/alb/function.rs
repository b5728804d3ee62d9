//! A function as Lambda knows it: its settings, its names, the environment its instances see.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use uuid::Uuid;

use super::clock;
use super::faults::FaultBox;
use super::log::LogLine;
use super::plan::LambdaPlan;
use super::process::{Program, Spawner};
use super::ring::Ring;

/// The account every ARN names.
pub(super) const ACCOUNT: &str = "123456789012";

/// A function and everything its instances share.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// How it is run.
    pub(super) plan: LambdaPlan,
    /// What it and the platform wrote.
    pub(super) log: Ring<LogLine>,
    /// Starts its instances.
    pub(super) spawner: Spawner,
    /// What goes wrong on purpose.
    pub(super) faults: std::sync::Arc<FaultBox>,
    region: String,
    folder: PathBuf,
}

impl Function {
    /// Describes a function; its binary must exist.
    pub(super) fn new(
        name: String,
        mut plan: LambdaPlan,
        region: String,
        spawner: Spawner,
        faults: std::sync::Arc<FaultBox>,
    ) -> anyhow::Result<Self> {
        plan.binary = plan.binary.canonicalize().context("the binary cannot be found")?;
        let folder = plan.binary.parent().context("the binary has no folder")?.to_owned();
        let log = Ring::new(plan.log_file.as_deref())?;
        Ok(Self { name, plan, log, spawner, faults, region, folder })
    }

    /// What callers invoke.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:lambda:{}:{ACCOUNT}:function:{}:live", self.region, self.name)
    }

    /// How long one invocation may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.plan.timeout_s)
    }

    /// The program of a new instance that finds its runtime API at `api`.
    pub(super) fn program(&self, api: SocketAddr) -> Program {
        let stream = format!(
            "{}/[$LATEST]{}",
            clock::now().strftime("%Y/%m/%d"),
            hex::encode(Uuid::new_v4().into_bytes())
        );
        let folder = self.folder.display().to_string();
        let platform: [(&str, String); 19] = [
            ("AWS_DEFAULT_REGION", self.region.clone()),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.plan.memory_mb.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", self.name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", self.name)),
            ("AWS_LAMBDA_LOG_LEVEL", "INFO".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", stream),
            ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
            ("AWS_REGION", self.region.clone()),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
            ("LAMBDA_TASK_ROOT", folder.clone()),
            ("LANG", "en_US.UTF-8".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin".to_owned()),
            ("PWD", folder),
            ("TZ", ":UTC".to_owned()),
            ("_HANDLER", "bootstrap".to_owned()),
        ];
        let mut env: BTreeMap<String, String> = self.plan.env.clone();
        env.extend(platform.map(|(name, value)| (name.to_owned(), value)));
        Program { binary: self.plan.binary.clone(), env }
    }
}
