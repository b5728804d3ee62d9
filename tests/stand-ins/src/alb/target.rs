//! A target group: who is sent there, and what answers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

use super::answer::{self, Unusable};
use super::event::{Event, Shape};
use super::faults::FaultBox;
use super::function::{ACCOUNT, Function};
use super::http_target::HttpTarget;
use super::instance::Outcome;
use super::limits;
use super::page::{self, Answer};
use super::plan::{HealthCheckPlan, TargetKind, TargetPlan};
use super::pool::Pool;
use super::process::Spawner;
use super::routing::HostPattern;

/// A target group with its rule.
#[derive(Debug)]
pub(super) struct Target {
    /// Its name.
    pub(super) name: String,
    /// Rank of its rule.
    pub(super) priority: u32,
    /// Its name in AWS terms.
    pub(super) arn: String,
    /// What goes wrong on purpose.
    pub(super) faults: Arc<FaultBox>,
    /// What answers.
    pub(super) kind: Kind,
    /// Probes, when they are on.
    pub(super) health_check: Option<HealthCheckPlan>,
    /// The addresses that always lead here.
    pub(super) addresses: Vec<SocketAddr>,
    /// How many requests it was sent.
    pub(super) requests: AtomicU64,
    hosts: Vec<HostPattern>,
    shape: Shape,
    healthy: Mutex<Option<bool>>,
}

/// What answers.
#[derive(Debug)]
pub(super) enum Kind {
    /// Instances of a function.
    Lambda(Pool),
    /// A server.
    Http(HttpTarget),
}

/// A request as a target receives it.
#[derive(Debug)]
pub(super) struct Forwarded {
    /// Its method.
    pub(super) method: Method,
    /// Its path and query, as the client wrote them.
    pub(super) uri: Uri,
    /// What [`super::forwarding`] made of its headers.
    pub(super) headers: HeaderMap,
    /// Its body.
    pub(super) body: Bytes,
}

/// What became of a request.
#[derive(Debug)]
pub(super) struct Reply {
    /// What the client gets.
    pub(super) answer: Answer,
    /// What the target said, if it said something.
    pub(super) target_status: Option<StatusCode>,
    /// Why there is no proper answer, in the words of the access log.
    pub(super) error: Option<&'static str>,
}

impl Reply {
    /// The balancer's own page.
    pub(super) fn own(status: StatusCode, error: Option<&'static str>) -> Self {
        Self { answer: page::html(status), target_status: None, error }
    }
}

impl Target {
    /// Describes a target; no process is started yet.
    pub(super) fn new(
        plan: TargetPlan,
        addresses: Vec<SocketAddr>,
        region: &str,
        idle_timeout: Duration,
        spawner: Spawner,
    ) -> anyhow::Result<Self> {
        let faults = Arc::<FaultBox>::default();
        let kind = match plan.target {
            TargetKind::Lambda(lambda) => Kind::Lambda(Pool::new(Function::new(
                plan.name.clone(),
                lambda,
                region.to_owned(),
                spawner,
                Arc::clone(&faults),
            )?)),
            TargetKind::Http(http) => {
                Kind::Http(HttpTarget { address: http.address()?, idle_timeout })
            }
        };
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, plan.name.as_bytes());
        let id: String = hex::encode(digest.as_ref()).chars().take(16).collect();
        let group = format!("targetgroup/{}/{id}", plan.name);
        Ok(Self {
            arn: format!("arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:{group}"),
            name: plan.name,
            priority: plan.priority,
            faults,
            kind,
            health_check: plan.health_check,
            addresses,
            requests: AtomicU64::new(0),
            hosts: plan.host_patterns.iter().map(|pattern| HostPattern::new(pattern)).collect(),
            shape: if plan.multi_value_headers { Shape::MultiValue } else { Shape::SingleValue },
            healthy: Mutex::new(None),
        })
    }

    /// Whether the rule covers a host.
    pub(super) fn covers(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| pattern.matches(host))
    }

    /// Largest request body the target takes.
    pub(super) fn body_limit_bytes(&self) -> usize {
        match self.kind {
            Kind::Lambda(_) => limits::REQUEST_BODY_BYTES,
            Kind::Http(_) => limits::HTTP_BODY_BYTES,
        }
    }

    /// Sends a request, with whatever is set to go wrong.
    pub(super) async fn serve(&self, request: Forwarded) -> Reply {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mishap = self.faults.draw();
        if mishap.latency_ms > 0 {
            tokio::time::sleep(Duration::from_millis(mishap.latency_ms)).await;
        }
        if mishap.bad_gateway {
            return Reply::own(StatusCode::BAD_GATEWAY, Some("LambdaServiceException"));
        }
        let reply = self.send(&request).await;
        if mishap.duplicate {
            drop(self.send(&request).await);
        }
        reply
    }

    /// Asks the target for its health and remembers the answer.
    pub(super) async fn probe(&self) -> bool {
        let path = self.health_check.as_ref().map_or("/health", |check| check.path.as_str());
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("ELB-HealthChecker/2.0"));
        let request = Forwarded {
            method: Method::GET,
            uri: path.parse().unwrap_or_default(),
            headers,
            body: Bytes::new(),
        };
        let healthy = self.send(&request).await.target_status == Some(StatusCode::OK);
        *self.healthy.lock().unwrap_or_else(PoisonError::into_inner) = Some(healthy);
        healthy
    }

    /// What the last probe found; nothing when there was none.
    pub(super) fn healthy(&self) -> Option<bool> {
        *self.healthy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, request: &Forwarded) -> Reply {
        match &self.kind {
            Kind::Lambda(pool) => self.invoke(pool, request).await,
            Kind::Http(server) => {
                let (headers, body) = (request.headers.clone(), request.body.clone());
                match server.send(&request.method, &request.uri, headers, body).await {
                    Ok(answer) => {
                        Reply { target_status: Some(answer.status()), answer, error: None }
                    }
                    Err(status) => Reply::own(status, None),
                }
            }
        }
    }

    async fn invoke(&self, pool: &Pool, request: &Forwarded) -> Reply {
        let Forwarded { method, uri, headers, body } = request;
        let event = Event::new(self.shape, &self.arn, method, uri, headers, body);
        let Ok(event) = event.to_bytes() else {
            return Reply::own(StatusCode::BAD_REQUEST, Some("LambdaBadRequest"));
        };
        let error = match pool.invoke(event).await {
            Outcome::Answered(bytes) => match answer::read(&bytes, self.shape, method) {
                Ok(answer) => {
                    return Reply { target_status: Some(answer.status()), answer, error: None };
                }
                Err(Unusable::TooLarge) => "LambdaResponseTooLarge",
                Err(Unusable::Malformed) => "LambdaInvalidResponse",
            },
            Outcome::Failed(_) => "LambdaUnhandled",
            Outcome::Throttled => "LambdaThrottling",
        };
        Reply::own(StatusCode::BAD_GATEWAY, Some(error))
    }
}
