//! A program that runs beside us and ends with us, together with everything it started.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// How long a program may take to end after it was asked to.
const GOODBYE: Duration = Duration::from_secs(5);
/// The longest line a program may say that it is ready with.
const READY_BYTES: u64 = 64 << 10;

/// A running program, in a process group of its own.
#[derive(Debug)]
pub(crate) struct Program {
    name: String,
    child: Child,
    group: Pid,
    stdout: Option<BufReader<ChildStdout>>,
    log: PathBuf,
}

impl Program {
    /// Starts the command; what it writes to standard error goes to the log file.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(name: &str, command: Command, log: &Path) -> anyhow::Result<Self> {
        Self::start_with(name, command, log, |_| Ok(Stdio::piped()))
    }

    /// Starts a program whose output goes to its log, too: nobody is woken to read it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start_logged(name: &str, command: Command, log: &Path) -> anyhow::Result<Self> {
        Self::start_with(name, command, log, |file| Ok(file.try_clone()?.into()))
    }

    fn start_with(
        name: &str,
        mut command: Command,
        log: &Path,
        output: impl FnOnce(&File) -> io::Result<Stdio>,
    ) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| format!("opening {}", log.display()))?;
        let output = output(&file)?;
        command
            // The end of the log is quoted, and should hold words.
            .env("RUST_BACKTRACE", "0")
            .process_group(0)
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::from(file));
        let mut child = command.spawn().with_context(|| format!("starting {name}"))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let group = id.with_context(|| format!("{name} ended at once"))?;
        let stdout = child.stdout.take().map(BufReader::new);
        Ok(Self { name: name.to_owned(), child, group, stdout, log: log.to_owned() })
    }

    /// The one line of JSON with which the program says that it is ready.
    ///
    /// # Errors
    /// When it ends before, says something else, or takes too long.
    pub(crate) async fn ready(&mut self, within: Duration) -> anyhow::Result<Value> {
        let Some(stdout) = self.stdout.as_mut() else {
            bail!("{} was asked twice whether it is ready", self.name);
        };
        let mut line = String::new();
        let read = async { stdout.take(READY_BYTES).read_line(&mut line).await };
        match timeout(within, read).await {
            Err(_) => bail!(
                "{} was not ready within {} s{}",
                self.name,
                within.as_secs(),
                self.last_words()
            ),
            Ok(Err(problem)) => return Err(problem).context("reading what it said"),
            Ok(Ok(_)) => {}
        }
        let Ok(ready) = serde_json::from_str(&line) else {
            // It may be about to end: its last words are complete only then.
            timeout(GOODBYE, self.child.wait()).await.ok();
            bail!("{} did not start{}", self.name, self.last_words());
        };
        self.drain();
        Ok(ready)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Reads on, so that the program never waits for a reader.
    pub(crate) fn drain(&mut self) {
        if let Some(mut stdout) = self.stdout.take() {
            tokio::spawn(async move {
                tokio::io::copy_buf(&mut stdout, &mut tokio::io::sink()).await.ok();
            });
        }
    }

    /// Waits until the program ends by itself.
    ///
    /// # Errors
    /// Always: nobody asked it to end.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        let status =
            self.child.wait().await.map_or_else(|e| e.to_string(), |s: ExitStatus| s.to_string());
        anyhow::anyhow!("{} ended by itself ({status}){}", self.name, self.last_words())
    }

    /// Asks the program to end, waits a little, and sweeps away what is left of its group.
    pub(crate) async fn stop(mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill_process(self.group, Signal::TERM).ok();
            timeout(GOODBYE, self.child.wait()).await.ok();
        }
    }

    /// The end of its log, for an error text.
    fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> =
            text.lines().rev().filter(|line| !line.trim().is_empty()).take(5).collect();
        let lines: Vec<_> = lines
            .into_iter()
            .rev()
            .map(|line| {
                format!(
                    "
  | {line}"
                )
            })
            .collect();
        format!("; its log is {}{}", self.log.display(), lines.concat())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Stopped functions are in the group too, and only this ends them.
        kill_process_group(self.group, Signal::KILL).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (tempfile::TempDir, Program) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let program = Program::start("the shell", command, &folder.path().join("log")).unwrap();
        (folder, program)
    }

    #[tokio::test]
    async fn a_program_that_says_it_is_ready_tells_its_addresses() {
        let (_folder, mut program) = shell("echo '{\"port\": 1}'; sleep 60");
        let ready = program.ready(Duration::from_secs(10)).await.unwrap();
        assert_eq!(ready["port"], 1);
        program.stop().await;
    }

    #[tokio::test]
    async fn a_program_that_fails_to_start_is_quoted() {
        let (_folder, mut program) = shell("echo 'port 8080 is taken' >&2; exit 3");
        let refusal = program.ready(Duration::from_secs(10)).await.unwrap_err().to_string();
        assert!(refusal.contains("port 8080 is taken"), "{refusal}");
        assert!(program.ended().await.to_string().contains("exit status: 3"));
    }

    #[tokio::test]
    async fn nothing_it_started_outlives_it_even_when_stopped() {
        let script = "sleep 60 & kill -STOP $!; echo \"{\\\"pid\\\": $!}\"; wait";
        let (_folder, mut program) = shell(script);
        let ready = program.ready(Duration::from_secs(10)).await.unwrap();
        let raw = i32::try_from(ready["pid"].as_i64().unwrap()).unwrap();

        program.stop().await;

        let state = || std::fs::read_to_string(format!("/proc/{raw}/stat")).unwrap_or_default();
        let gone = || !state().contains(") T") && !state().contains(") S");
        let patience = async {
            while !gone() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), patience).await.expect("the child is still there");
    }
}
