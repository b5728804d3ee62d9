//! What can be seen of a running balancer.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::balancer::Balancer;
use super::faults::Faults;
use super::instance::Status;
use super::process::state_letter;
use super::target::{Kind, Target};

/// A picture of the balancer.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// Where the listener that routes by host is.
    pub address: SocketAddr,
    /// Connections accepted.
    pub connections: u64,
    /// Requests answered, without those to the balancer itself.
    pub requests: u64,
    /// Bytes of bodies in, and of answers out.
    pub bytes: u64,
    /// Rules looked at.
    pub rule_evaluations: u64,
    /// Every target, in the order of its rule.
    pub targets: Vec<TargetState>,
}

/// A picture of one target.
#[derive(Clone, Debug, Serialize)]
pub struct TargetState {
    /// Its name.
    pub name: String,
    /// The addresses that always lead there.
    pub addresses: Vec<SocketAddr>,
    /// Requests it was sent by the balancer.
    pub requests: u64,
    /// Instances started so far.
    pub started: u64,
    /// Events turned away so far.
    pub throttles: u64,
    /// What the last probe found.
    pub healthy: Option<bool>,
    /// What is set to go wrong.
    pub faults: Faults,
    /// Instances that live.
    pub instances: Vec<InstanceState>,
}

/// A picture of one instance.
#[derive(Clone, Debug, Serialize)]
pub struct InstanceState {
    /// Its number.
    pub id: u64,
    /// Its process, once started.
    pub pid: Option<i32>,
    /// What it is doing.
    pub status: Status,
    /// Whether the operating system says that it is stopped.
    pub frozen: bool,
    /// How many events it was given.
    pub invocations: u64,
}

impl State {
    /// Takes the picture.
    pub(super) fn of(balancer: &Balancer) -> Self {
        let counters = &balancer.counters;
        Self {
            address: balancer.address,
            connections: counters.connections.load(Ordering::Relaxed),
            requests: counters.requests.load(Ordering::Relaxed),
            bytes: counters.bytes.load(Ordering::Relaxed),
            rule_evaluations: counters.rule_evaluations.load(Ordering::Relaxed),
            targets: balancer.targets.iter().map(|target| TargetState::of(target)).collect(),
        }
    }
}

impl TargetState {
    /// Takes the picture.
    pub(super) fn of(target: &Target) -> Self {
        let (started, throttles, instances) = match &target.kind {
            Kind::Lambda(pool) => (pool.started(), pool.throttles(), instances(pool)),
            Kind::Http(_) => (0, 0, Vec::new()),
        };
        Self {
            name: target.name.clone(),
            addresses: target.addresses.clone(),
            requests: target.requests.load(Ordering::Relaxed),
            started,
            throttles,
            healthy: target.healthy(),
            faults: target.faults.get(),
            instances,
        }
    }
}

fn instances(pool: &super::pool::Pool) -> Vec<InstanceState> {
    pool.cards()
        .iter()
        .map(|card| {
            let pid = card.pid();
            InstanceState {
                id: card.id,
                pid,
                status: card.status(),
                frozen: pid.and_then(state_letter) == Some('T'),
                invocations: card.invocations(),
            }
        })
        .collect()
}
