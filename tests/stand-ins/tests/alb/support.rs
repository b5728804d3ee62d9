//! A balancer to test, and a client that writes exactly what it is told.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use stand_ins::alb::{
    Alb, AlbPlan, InstanceState, LambdaPlan, Running, TargetKind, TargetPlan, TargetState,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far more than anything here takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const HOST: &str = "echo.localhost";
pub(crate) const NAME: &str = "echo";

/// The function that was built beside the tests.
pub(crate) fn function() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(|deps| deps.parent()).unwrap().join("examples/echo");
    assert!(built.is_file(), "build it first: cargo build -p stand-ins --example echo");
    built
}

pub(crate) fn lambda() -> LambdaPlan {
    let mut lambda = LambdaPlan::new(function());
    (lambda.memory_mb, lambda.timeout_s, lambda.init_timeout_s) = (128, 50, 50);
    lambda
}

pub(crate) fn target(kind: TargetKind) -> TargetPlan {
    TargetPlan::new(NAME, 100, kind)
}

/// A balancer with one function, after `change`.
pub(crate) async fn started(change: impl FnOnce(&mut LambdaPlan)) -> Running {
    let mut lambda = lambda();
    change(&mut lambda);
    Alb::start(AlbPlan::new(vec![target(TargetKind::Lambda(lambda))])).await.unwrap()
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("an end of the head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().splitn(3, ' ').skip(1);
        let status = first.next().unwrap().parse().unwrap();
        let reason = first.next().unwrap_or_default().to_owned();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { status, reason, headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let wanted = self.headers.iter().filter(|(other, _)| other == name);
        wanted.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Writes `request` and reads until the balancer closes the connection.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> Reply {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    Reply::read(&timeout(PATIENCE, exchange).await.expect("an answer in time"))
}

/// A whole request with `Connection: close` and the right length.
pub(crate) fn request(line: &str, host: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    if !body.is_empty() {
        write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// Sends a request to the function.
pub(crate) async fn send(
    alb: &Running,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reply {
    raw(alb.address(), &request(line, HOST, headers, body)).await
}

/// Posts text to a path of the function.
pub(crate) async fn post(alb: &Running, path: &str, body: &str) -> Reply {
    let text = [("Content-Type", "text/plain")];
    send(alb, &format!("POST {path}"), &text, body.as_bytes()).await
}

pub(crate) fn echo_state(alb: &Running) -> TargetState {
    alb.target_state(NAME).unwrap()
}

/// The only instance there is.
pub(crate) fn instance(alb: &Running) -> InstanceState {
    let mut instances = echo_state(alb).instances;
    assert_eq!(instances.len(), 1, "{instances:?}");
    instances.remove(0)
}

/// Waits until something is true, for a while.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    let waited = timeout(PATIENCE, async {
        while !holds() {
            ticks.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "never: {what}");
}

/// Whether a process runs or could run again; a dead one that nobody collected does not count.
pub(crate) fn is_alive(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}
