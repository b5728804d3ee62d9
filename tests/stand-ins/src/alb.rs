//! The local load balancer in front of Lambda functions.
//!
//! It takes HTTP on loopback, chooses a target by host, and sends it what the balancer on AWS would:
//! an ALB event to a function, or the request itself to a server. Functions are run by a Lambda
//! runtime API of its own: the built program, started with nothing but its own environment, given
//! one event at a time, and stopped (`SIGSTOP`) between events, so that work left for later shows.
//! More requests than instances start another, up to the concurrency of the plan. What the real
//! services refuse is refused here with the same status.
//!
//! In the order of a request: [`listen`](self) accepts, `balancer` routes, `limits` and `forwarding`
//! check and dress, `event` describes, `pool` and `instance` run, `answer` reads.
//!
//! Known differences: an address over 64 KB is refused with 414 and a head over 512 KB with 431,
//! where the real one says 400; no TLS and no HTTP/2; answers of HTTP targets are not streamed.

mod access_log;
mod answer;
mod balancer;
mod clock;
mod control;
mod event;
mod faults;
mod forwarding;
mod function;
mod http_target;
mod instance;
mod limits;
mod listen;
mod log;
mod page;
mod plan;
mod pool;
mod process;
mod ring;
mod routing;
mod runtime_api;
mod state;
mod target;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use self::balancer::{Balancer, Counters};
use self::process::Spawner;
use self::ring::Ring;
use self::target::{Kind, Target};

pub use self::faults::Faults;
pub use self::instance::{Outcome, Status};
pub use self::log::{LogLine, LogSource};
pub use self::plan::{
    AlbPlan, ForwardedFor, HealthCheckPlan, HttpPlan, InvalidHeaders, LambdaPlan, TargetKind,
    TargetPlan,
};
pub use self::state::{InstanceState, State, TargetState};

/// The local load balancer.
#[derive(Debug)]
pub struct Alb;

/// A running balancer; dropping it kills every instance.
#[derive(Debug)]
pub struct Running {
    balancer: Arc<Balancer>,
    tasks: JoinSet<()>,
}

impl Alb {
    /// Binds every address of the plan and serves them.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the plan, or which address is taken.
    pub async fn start(plan: AlbPlan) -> anyhow::Result<Running> {
        plan.validate()?;
        let main = bind(plan.listen).await?;
        let idle_timeout = Duration::from_secs(plan.idle_timeout_s);
        let spawner = Spawner::start().context("no thread to start instances from")?;
        let mut doors = Vec::new();
        let mut targets = Vec::new();
        for target in plan.targets {
            let mut listeners = Vec::new();
            let mut addresses = Vec::new();
            for address in &target.listen {
                let listener = bind(*address).await?;
                addresses.push(listener.local_addr()?);
                listeners.push(listener);
            }
            let name = target.name.clone();
            let target =
                Target::new(target, addresses, &plan.region, idle_timeout, spawner.clone())
                    .with_context(|| format!("target {name}"))?;
            let target = Arc::new(target);
            doors.extend(listeners.into_iter().map(|listener| (listener, Arc::clone(&target))));
            targets.push(target);
        }
        targets.sort_by_key(|target| target.priority);
        let balancer = Arc::new(Balancer {
            address: main.local_addr()?,
            targets,
            access_log: Arc::new(Ring::new(plan.access_log_file.as_deref())?),
            idle_timeout,
            forwarded_for: plan.forwarded_for,
            invalid_headers: plan.invalid_headers,
            counters: Counters::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(listen::accept(Arc::clone(&balancer), main, None));
        for (listener, target) in doors {
            tasks.spawn(listen::accept(Arc::clone(&balancer), listener, Some(target)));
        }
        for target in &balancer.targets {
            if let Some(check) = &target.health_check {
                let interval = Duration::from_secs(check.interval_s);
                tasks.spawn(probe_forever(Arc::clone(target), interval));
            }
        }
        Ok(Running { balancer, tasks })
    }
}

impl Running {
    /// Where the listener that routes by host is.
    pub fn address(&self) -> SocketAddr {
        self.balancer.address
    }

    /// The same as a URL without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The URL of the first address that always leads to a target, if it has one.
    pub fn target_url(&self, target: &str) -> Option<String> {
        let address = self.balancer.target(target)?.addresses.first()?;
        Some(format!("http://{address}"))
    }

    /// A picture of every target and instance.
    pub fn state(&self) -> State {
        State::of(&self.balancer)
    }

    /// A picture of one target.
    pub fn target_state(&self, target: &str) -> Option<TargetState> {
        self.balancer.target(target).map(|target| TargetState::of(target))
    }

    /// The last lines of the access log, oldest first.
    pub fn access_log(&self) -> Vec<String> {
        self.balancer.access_log.lines()
    }

    /// The last lines of a function's log, oldest first.
    pub fn logs(&self, target: &str) -> Vec<LogLine> {
        match self.balancer.target(target).map(|target| &target.kind) {
            Some(Kind::Lambda(pool)) => pool.function.log.lines(),
            Some(Kind::Http(_)) | None => Vec::new(),
        }
    }

    /// Makes things go wrong at a target; replaces what was set before.
    ///
    /// # Errors
    ///
    /// When no target has that name.
    pub fn set_faults(&self, target: &str, faults: Faults) -> anyhow::Result<()> {
        self.find(target)?.faults.set(faults);
        Ok(())
    }

    /// Kills every instance of a function, so that the next event starts a new one.
    ///
    /// # Errors
    ///
    /// When no function has that name.
    pub fn recycle(&self, target: &str) -> anyhow::Result<()> {
        match &self.find(target)?.kind {
            Kind::Lambda(pool) => pool.recycle(),
            Kind::Http(_) => anyhow::bail!("{target} is not a function"),
        }
        Ok(())
    }

    /// Probes a target once; it is healthy when it answers 200.
    ///
    /// # Errors
    ///
    /// When no target has that name.
    pub async fn check_health(&self, target: &str) -> anyhow::Result<bool> {
        Ok(self.find(target)?.probe().await)
    }

    /// Gives a raw event to a function, as the Lambda service's own API does.
    ///
    /// # Errors
    ///
    /// When no function has that name.
    pub async fn invoke(&self, target: &str, event: Bytes) -> anyhow::Result<Outcome> {
        match &self.find(target)?.kind {
            Kind::Lambda(pool) => Ok(pool.invoke(event).await),
            Kind::Http(_) => anyhow::bail!("{target} is not a function"),
        }
    }

    /// Stops listening and ends every instance.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
        let pools = self.balancer.targets.iter().filter_map(|target| match &target.kind {
            Kind::Lambda(pool) => Some(pool.shutdown()),
            Kind::Http(_) => None,
        });
        futures::future::join_all(pools).await;
    }

    fn find(&self, target: &str) -> anyhow::Result<&Target> {
        let found = self.balancer.target(target);
        Ok(found.with_context(|| format!("no target is called {target}"))?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Requests under way hold the balancer, so its instances are ended by name.
        for target in &self.balancer.targets {
            if let Kind::Lambda(pool) = &target.kind {
                pool.close();
            }
        }
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))
}

async fn probe_forever(target: Arc<Target>, interval: Duration) {
    let mut ticks = tokio::time::interval(interval);
    loop {
        ticks.tick().await;
        target.probe().await;
    }
}
