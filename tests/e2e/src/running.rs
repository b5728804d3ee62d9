//! What runs of a connector: a function is the load balancer's own, a server is a process alone, a
//! task is a process with its AWS behind a load balancer.

use std::net::SocketAddr;
use std::sync::Arc;

use stand_ins::alb::{self, Alb, AlbPlan, HttpPlan, LambdaPlan, LogSource, TargetKind, TargetPlan};

use crate::Environment;
use crate::connector::NAME;
use crate::process::Process;
use crate::program::{command, connector_program};
use crate::task::{Root, TaskAws};

/// The running parts.
#[derive(Default)]
pub(crate) struct Running {
    pub(crate) balancer: Option<Box<alb::Running>>,
    pub(crate) process: Option<Box<Process>>,
    pub(crate) task: Option<(Arc<TaskAws>, Root)>,
}

impl Running {
    /// A function, started by its first event.
    pub(crate) async fn function(environment: &Environment) -> (Self, SocketAddr) {
        let mut lambda = LambdaPlan::new(connector_program().to_owned());
        lambda.env.clone_from(environment.variables());
        // Where a function gets its role's credentials.
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            lambda.env.entry(name.to_owned()).or_insert_with(|| "stand-in".to_owned());
        }
        // The start is not what is told here, and a busy machine is slow.
        (lambda.init_timeout_s, lambda.concurrency) = (60, 50);
        let (balancer, address) = balancer(environment, TargetKind::Lambda(lambda)).await;
        (Self { balancer: Some(balancer), ..Self::default() }, address)
    }

    /// A server.
    pub(crate) async fn server(environment: &Environment) -> (Self, SocketAddr) {
        let (process, address) = Process::start(command(environment)).await;
        (Self { process: Some(Box::new(process)), ..Self::default() }, address)
    }

    /// A task behind the load balancer.
    pub(crate) async fn task(environment: &Environment, aws: Arc<TaskAws>) -> (Self, SocketAddr) {
        let (root, own) = (Root::new(), environment.clone().with("LISTEN_ADDR", "127.0.0.1:0"));
        let (process, address) = Process::start(root.command(&own, &[])).await;
        let target = TargetKind::Http(HttpPlan { url: format!("http://{address}") });
        let (balancer, address) = balancer(environment, target).await;
        let (process, task) = (Some(Box::new(process)), Some((aws, root)));
        (Self { balancer: Some(balancer), process, task }, address)
    }

    /// Everything the program wrote so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        if let Some(process) = &self.process {
            return process.lines();
        }
        let lines = self.balancer.iter().flat_map(|balancer| balancer.logs(NAME));
        let own = lines.filter(|line| line.source != LogSource::Platform);
        own.map(|line| line.line).collect()
    }

    /// The records that went to the audit stream of a task.
    pub(crate) fn records(&self) -> Vec<String> {
        self.task.iter().flat_map(|(aws, _)| aws.records()).collect()
    }

    /// Ends the process: what it wrote is complete only then.
    pub(crate) async fn end_process(&mut self) {
        if let Some(process) = &mut self.process {
            process.end().await;
        }
    }

    /// Ends everything else.
    pub(crate) async fn end(self) {
        if let Some(balancer) = self.balancer {
            balancer.shutdown().await;
        }
    }
}

async fn balancer(
    environment: &Environment,
    target: TargetKind,
) -> (Box<alb::Running>, SocketAddr) {
    let mut target = TargetPlan::new(NAME, 100, target);
    // What it prints leads to it, if that is an address and not a name.
    let own = environment.get("MCP_BASE_URL").strip_prefix("http://");
    target.listen.extend(own.and_then(|own| own.parse::<SocketAddr>().ok()));
    let balancer = Alb::start(AlbPlan::new(vec![target])).await.unwrap();
    let address = balancer.address();
    (Box::new(balancer), address)
}
