//! The running connector: as a function behind the load balancer, as a server of its own, or as a
//! task.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use serde_json::Value;
use stand_ins::alb;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::running::Running;
use crate::task::TaskAws;
use crate::{Client, Company, Environment, Era, PATIENCE, Reply, Request, exchange, task, until};

/// Name of the connector and of its function.
pub const NAME: &str = "sharepoint";
/// Its host name.
pub const HOST: &str = "sharepoint.localhost";

/// How the connector runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// As a Lambda function behind the local load balancer, frozen between events.
    Function,
    /// As a server on a socket.
    Server,
    /// As a task of ECS behind the local load balancer: the rendered task definition, in a root
    /// that is read-only.
    Task,
}

/// A running connector.
pub struct Connector<'a> {
    /// The company it works for.
    pub company: &'a Company,
    /// What it was started with.
    pub environment: Environment,
    address: SocketAddr,
    running: Option<Running>,
    audit: TempDir,
}

impl<'a> Connector<'a> {
    /// As a function, with the usual environment.
    pub async fn function(company: &'a Company) -> Self {
        Self::start(company, Flavour::Function, |environment| environment).await
    }

    /// As a server, with the usual environment.
    pub async fn server(company: &'a Company) -> Self {
        Self::start(company, Flavour::Server, |environment| environment).await
    }

    /// With another environment.
    pub async fn start(
        company: &'a Company,
        flavour: Flavour,
        change: impl FnOnce(Environment) -> Environment,
    ) -> Self {
        let audit = tempfile::tempdir().unwrap();
        if flavour == Flavour::Task || task::with_tasks() {
            let (usual, aws) = task::environment(company).await;
            let environment = change(usual);
            let (running, address) = Running::task(&environment, Arc::new(aws)).await;
            return Self { company, environment, address, running: Some(running), audit };
        }
        let folder = audit.path().join("records");
        let usual = company.environment().with("AUDIT_FILE_DIRECTORY", folder.to_str().unwrap());
        let environment = change(usual);
        let (running, address) = match flavour {
            Flavour::Server => Running::server(&environment).await,
            Flavour::Function | Flavour::Task => Running::function(&environment).await,
        };
        Self { company, environment, address, running: Some(running), audit }
    }

    /// One more task of the same service: the same tables and the same audit stream.
    ///
    /// # Panics
    /// When this one is no task.
    pub async fn another_task(&self) -> Self {
        let (running, address) = Running::task(&self.environment, self.aws()).await;
        let (environment, audit) = (self.environment.clone(), tempfile::tempdir().unwrap());
        Self { company: self.company, environment, address, running: Some(running), audit }
    }

    fn aws(&self) -> Arc<TaskAws> {
        let task = self.running.as_ref().and_then(|running| running.task.as_ref());
        Arc::clone(&task.expect("it is a task").0)
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The load balancer in front of it.
    ///
    /// # Panics
    /// When it is a server.
    pub fn alb(&self) -> &alb::Running {
        let balancer = self.running.as_ref().and_then(|running| running.balancer.as_ref());
        balancer.expect("there is a load balancer")
    }

    /// The folder in which audit records are kept.
    pub fn audit_folder(&self) -> &Path {
        self.audit.path()
    }

    /// Sends a request.
    pub async fn send(&self, request: &Request) -> Reply {
        exchange(self.address, &request.bytes()).await
    }

    /// A person's assistant, with a fresh token.
    pub fn person(&self, person: &str) -> Client<'_> {
        self.bearer(self.company.token(person))
    }

    /// An assistant with this token.
    pub fn bearer(&self, token: String) -> Client<'_> {
        Client::new(self, token, Era::Legacy)
    }

    /// Every audit record so far, in order.
    pub fn audit(&self) -> Vec<Value> {
        self.audit_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// In files, or in the stream of a task.
    fn audit_lines(&self) -> Vec<String> {
        let mut lines = lines_of_files_in(&self.audit.path().join("records"));
        lines.extend(self.running.iter().flat_map(Running::records));
        lines
    }

    /// The newest audit record.
    ///
    /// # Panics
    /// When there is none.
    pub fn last_record(&self) -> Value {
        self.audit().pop().expect("an audit record")
    }

    /// Everything the program wrote so far, to standard output and standard error.
    pub fn log(&self) -> Vec<String> {
        self.running.iter().flat_map(Running::lines).collect()
    }

    /// The log lines with this `event` or `type`, once there are so many.
    pub async fn logged(&self, word: &str, times: usize) -> Vec<Value> {
        until(&format!("the log says {word} {times} times"), || {
            let lines = self.log();
            let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let found: Vec<_> =
                lines.filter(|line| line["event"] == word || line["type"] == word).collect();
            (found.len() >= times).then_some(found)
        })
        .await
    }

    /// Waits for a line of the log that holds this text.
    pub async fn logged_text(&self, text: &str) -> String {
        let found = || self.log().into_iter().find(|line| line.contains(text));
        until(&format!("the log holds {text}"), found).await
    }

    /// The process id of the server.
    ///
    /// # Panics
    /// When it is a function.
    pub fn pid(&self) -> u32 {
        let running = self.running.as_ref().expect("it runs");
        let started = running.process.as_ref().expect("it is no function").id();
        if running.task.is_some() { task::connector_below(started) } else { started }
    }

    /// How often a task asked for the credentials of its role.
    ///
    /// # Panics
    /// When it is no task.
    pub fn asked_for_credentials(&self) -> usize {
        self.aws().asked_for_credentials()
    }

    /// Waits until the server ends by itself.
    ///
    /// # Panics
    /// When it does not, or is a function.
    pub async fn ended(&mut self) -> ExitStatus {
        let process = self.running.as_mut().and_then(|running| running.process.as_mut());
        let ends = process.expect("it is no function").child.wait();
        timeout(PATIENCE, ends).await.expect("it ends").unwrap()
    }

    /// Ends it, and checks what it leaves behind: no word in its log or in its audit records that
    /// must not be written, and no request to Graph that no careful client sends.
    ///
    /// # Panics
    /// When it finds one.
    pub async fn finish(mut self) {
        if let Some(running) = &mut self.running {
            running.end_process().await;
        }
        let (log, records) = (self.log(), self.audit_lines());
        if let Some(running) = self.running.take() {
            running.end().await;
        }
        let canaries = &self.company.canaries;
        for line in &log {
            canaries.check_log(line);
            assert!(!line.chars().any(char::is_control), "a control character: {line:?}");
        }
        for line in &records {
            canaries.check_audit(line);
        }
        let violations = self.company.graph.log().violations;
        assert!(violations.is_empty(), "{violations:?}");
    }
}

impl Drop for Connector<'_> {
    fn drop(&mut self) {
        let finished = self.running.is_none() || std::thread::panicking();
        assert!(finished, "a story must end with `finish`, where its secrets are looked for");
    }
}

fn lines_of_files_in(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}
