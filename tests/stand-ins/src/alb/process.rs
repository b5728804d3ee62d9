//! The operating system's side of an instance: start it, stop it, continue it, end it.
//!
//! Every instance leads a process group of its own, so that what it starts is frozen and ended with
//! it. All are started by one thread that lives as long as the balancer, through `setpriv` where it
//! exists, which makes the kernel kill the instance when that thread is gone: a balancer that dies
//! without warning leaves no process behind. Without `setpriv` (not Linux) only an orderly end
//! cleans up; a frozen instance of a killed balancer then waits for `kill -9`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

const SETPRIV: &str = "/usr/bin/setpriv";

/// A program to start, with nothing but this environment.
#[derive(Debug)]
pub(super) struct Program {
    /// Absolute path of the program.
    pub(super) binary: PathBuf,
    /// Its whole environment.
    pub(super) env: BTreeMap<String, String>,
}

/// Starts programs on a thread of its own.
#[derive(Clone, Debug)]
pub(super) struct Spawner(mpsc::Sender<Order>);

#[derive(Debug)]
struct Order {
    program: Program,
    reply: oneshot::Sender<io::Result<Child>>,
}

impl Spawner {
    /// Starts the thread; it ends with the last clone of the spawner.
    pub(super) fn start() -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new().name("instance-spawner".to_owned()).spawn(move || {
            let _entered = runtime.enter();
            for order in inbox {
                // Nobody waits any more: the child is dropped and thereby killed.
                drop(order.reply.send(command(order.program).spawn()));
            }
        })?;
        Ok(Self(orders))
    }

    /// Starts a program.
    pub(super) async fn spawn(&self, program: Program) -> io::Result<Child> {
        let (reply, started) = oneshot::channel();
        let gone = || io::Error::other("the spawner has ended");
        self.0.send(Order { program, reply }).map_err(|_| gone())?;
        // The thread answers after one fork, or drops the reply when it ends.
        started.await.map_err(|_| gone())?
    }
}

fn command(program: Program) -> Command {
    let mut command = if Path::new(SETPRIV).is_file() {
        let mut command = Command::new(SETPRIV);
        command.args(["--pdeathsig", "KILL"]).arg(&program.binary);
        command
    } else {
        Command::new(&program.binary)
    };
    if let Some(folder) = program.binary.parent() {
        command.current_dir(folder);
    }
    command
        .env_clear()
        .envs(program.env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// A running process group; it is killed when this is dropped.
#[derive(Debug)]
pub(super) struct ProcessGroup(Pid);

impl ProcessGroup {
    /// The group that a child leads, if it still runs.
    pub(super) fn of(child: &Child) -> Option<Self> {
        child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).map(Self)
    }

    /// Process id of the leader.
    pub(super) fn pid(&self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Stops every process of the group.
    pub(super) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Continues every process of the group.
    pub(super) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks the group to end, also when it is frozen.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
        self.thaw();
    }

    fn signal(&self, signal: Signal) {
        // The only failure is that nobody is left, which is what a signal to the dead should do.
        kill_process_group(self.0, signal).ok();
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// The state letter of a process (`S` sleeping, `T` stopped), where `/proc` tells.
pub(super) fn state_letter(pid: i32) -> Option<char> {
    status_field(pid, "State:")?.chars().next()
}

/// The most memory a process ever held, in MB, where `/proc` tells.
pub(super) fn peak_memory_mb(pid: i32) -> Option<u64> {
    let field = status_field(pid, "VmHWM:")?;
    let kilobytes: u64 = field.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}

fn status_field(pid: i32, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().to_owned())
}
