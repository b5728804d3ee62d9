//! The program, started as a person starts it.

use std::net::SocketAddr;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::support::{HOST, PATIENCE, function, is_alive, raw, request, until};

/// A running program with one instance, which is idle.
struct Serving {
    program: Child,
    address: SocketAddr,
    instance: i32,
}

async fn serving(folder: &std::path::Path) -> Serving {
    let file = folder.join("plan.json");
    let echo = json!({
        "name": "echo", "host_patterns": [HOST], "listen": ["127.0.0.1:0"], "priority": 1,
        "target": {"lambda": {"binary": function(), "timeout_s": 50, "init_timeout_s": 50}},
    });
    let plan = json!({"alb": {"listen": "127.0.0.1:0", "targets": [echo]}});
    std::fs::write(&file, plan.to_string()).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_stand-ins"))
        .arg("--plan")
        .arg(file)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let address = ready["alb"]["address"].as_str().unwrap().parse().unwrap();
    assert!(ready["alb"]["targets"]["echo"][0].as_str().unwrap().starts_with("127.0.0.1:"));
    let reply = raw(address, &request("GET /self", HOST, &[], b"")).await;
    let instance = i32::try_from(reply.json()["pid"].as_i64().unwrap()).unwrap();
    assert!(is_alive(instance));
    Serving { program, address, instance }
}

fn signal(program: &Child, signal: Signal) {
    let pid = i32::try_from(program.id().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

#[tokio::test]
async fn it_ends_cleanly_when_asked_to() {
    for how in [Signal::TERM, Signal::INT] {
        let folder = tempfile::tempdir().unwrap();
        let Serving { mut program, instance, .. } = serving(folder.path()).await;
        signal(&program, how);
        let ended = timeout(PATIENCE, program.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "{ended}");
        assert!(!is_alive(instance));
    }
}

#[tokio::test]
async fn no_instance_outlives_a_program_that_is_killed() {
    if !std::path::Path::new("/usr/bin/setpriv").is_file() {
        println!("SKIPPED: without setpriv the kernel cannot be asked to clean up");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut frozen = serving(folder.path()).await;
    signal(&frozen.program, Signal::KILL);
    timeout(PATIENCE, frozen.program.wait()).await.unwrap().unwrap();
    until("the frozen one is gone", || !is_alive(frozen.instance)).await;

    let mut busy = serving(folder.path()).await;
    let (here, never) = (folder.path().join("here"), folder.path().join("never"));
    let files = format!("{}\n{}", here.display(), never.display());
    let text = [("Content-Type", "text/plain")];
    let mut stream = TcpStream::connect(busy.address).await.unwrap();
    stream.write_all(&request("POST /meet", HOST, &text, files.as_bytes())).await.unwrap();
    until("the function is busy", || here.exists()).await;
    signal(&busy.program, Signal::KILL);
    timeout(PATIENCE, busy.program.wait()).await.unwrap().unwrap();
    until("the busy one is gone", || !is_alive(busy.instance)).await;
}
