//! The running connector: as a function behind the load balancer, or as a server of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;

use serde_json::Value;
use stand_ins::alb::{self, Alb, AlbPlan, LambdaPlan, LogSource, TargetKind, TargetPlan};
use tempfile::TempDir;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::output::Output;
use crate::program::{command, connector_program};
use crate::{Client, Company, Environment, Era, PATIENCE, Reply, Request, exchange, until};

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

enum Running {
    Function(Box<alb::Running>),
    Server(Box<Server>),
}

struct Server {
    child: Child,
    stdout: Output,
    stderr: Output,
    copying: JoinSet<()>,
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
        let folder = audit.path().join("records");
        let usual = company.environment().with("AUDIT_FILE_DIRECTORY", folder.to_str().unwrap());
        let environment = change(usual);
        let (running, address) = match flavour {
            Flavour::Function => function(&environment).await,
            Flavour::Server => server(&environment).await,
        };
        Self { company, environment, address, running: Some(running), audit }
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The load balancer in front of the function.
    ///
    /// # Panics
    /// When it is a server.
    pub fn alb(&self) -> &alb::Running {
        match &self.running {
            Some(Running::Function(alb)) => alb,
            _ => panic!("there is no load balancer"),
        }
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
        let lines = audit_lines(&self.audit.path().join("records"));
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
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
        match &self.running {
            Some(Running::Function(alb)) => {
                let lines = alb.logs(NAME).into_iter();
                let own = lines.filter(|line| line.source != LogSource::Platform);
                own.map(|line| line.line).collect()
            }
            Some(Running::Server(server)) => {
                [server.stdout.lines(), server.stderr.lines()].concat()
            }
            None => Vec::new(),
        }
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
        match &self.running {
            Some(Running::Server(server)) => server.child.id().expect("it runs"),
            _ => panic!("it is a function"),
        }
    }

    /// Waits until the server ends by itself.
    ///
    /// # Panics
    /// When it does not, or is a function.
    pub async fn ended(&mut self) -> ExitStatus {
        match &mut self.running {
            Some(Running::Server(server)) => {
                timeout(PATIENCE, server.child.wait()).await.expect("it ends").unwrap()
            }
            _ => panic!("it is a function"),
        }
    }

    /// Ends it, and checks what it leaves behind: no word in its log or in its audit records that
    /// must not be written, and no request to Graph that no careful client sends.
    ///
    /// # Panics
    /// When it finds one.
    pub async fn finish(mut self) {
        if let Some(Running::Server(server)) = &mut self.running {
            // What it wrote is complete only when it has ended.
            server.child.start_kill().ok();
            while server.copying.join_next().await.is_some() {}
        }
        let log = self.log();
        match self.running.take() {
            Some(Running::Function(alb)) => alb.shutdown().await,
            Some(Running::Server(mut server)) => {
                timeout(PATIENCE, server.child.wait()).await.expect("it ends").unwrap();
            }
            None => {}
        }
        let canaries = &self.company.canaries;
        for line in &log {
            canaries.check_log(line);
            assert!(!line.chars().any(char::is_control), "a control character: {line:?}");
        }
        for line in audit_lines(&self.audit.path().join("records")) {
            canaries.check_audit(&line);
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

fn audit_lines(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

async fn function(environment: &Environment) -> (Running, SocketAddr) {
    let mut lambda = LambdaPlan::new(connector_program().to_owned());
    lambda.env.clone_from(environment.variables());
    // Where a function gets its role's credentials.
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        lambda.env.entry(name.to_owned()).or_insert_with(|| "stand-in".to_owned());
    }
    // The start is not what is told here, and a busy machine is slow.
    (lambda.init_timeout_s, lambda.concurrency) = (60, 50);
    let mut target = TargetPlan::new(NAME, 100, TargetKind::Lambda(lambda));
    // What it prints leads to it, if that is an address and not a name.
    let own = environment.get("MCP_BASE_URL").strip_prefix("http://");
    target.listen.extend(own.and_then(|own| own.parse::<SocketAddr>().ok()));
    let alb = Alb::start(AlbPlan::new(vec![target])).await.unwrap();
    let address = alb.address();
    (Running::Function(Box::new(alb)), address)
}

async fn server(environment: &Environment) -> (Running, SocketAddr) {
    let mut child = command(environment).spawn().unwrap();
    let (stdout, stderr) = (Output::default(), Output::default());
    let mut copying = JoinSet::new();
    copying.spawn(stdout.clone().copy(child.stdout.take().unwrap()));
    copying.spawn(stderr.clone().copy(child.stderr.take().unwrap()));
    let address = until("the server listens", || {
        if let Ok(Some(status)) = child.try_wait() {
            panic!("it ended with {status}: {:?} {:?}", stdout.lines(), stderr.lines());
        }
        stdout.lines().iter().find_map(|line| listening(line))
    })
    .await;
    (Running::Server(Box::new(Server { child, stdout, stderr, copying })), address)
}

fn listening(line: &str) -> Option<SocketAddr> {
    let line: Value = serde_json::from_str(line).ok()?;
    let found = [&line, &line["fields"]].into_iter().find(|fields| fields["event"] == "listening");
    found?["address"].as_str()?.parse().ok()
}
