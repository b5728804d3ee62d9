//! A program that has only so much time.

use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Several times what the longest step takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs `command` to its end, or ends it when its time is over.
pub(super) fn output(command: &mut Command) -> Result<Output> {
    within(command, LIMIT)
}

fn within(command: &mut Command, limit: Duration) -> Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (ended, end) = channel();
    thread::spawn(move || ended.send(child.wait_with_output()));
    if let Ok(output) = end.recv_timeout(limit) {
        return output.with_context(|| format!("waiting for {command:?}"));
    }
    if let Some(process) = process {
        // Asked, not forced: Terraform then ends its provider too.
        let _ = kill_process(process, Signal::TERM);
    }
    bail!("{command:?} did not end in {} s", limit.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let mut forever = Command::new("sleep");
        let problem = within(forever.arg("600"), Duration::from_millis(1)).unwrap_err();
        assert!(problem.to_string().contains("did not end"), "{problem}");
    }

    #[test]
    fn a_program_that_ends_gives_what_it_said() {
        let output = output(Command::new("echo").arg("done")).unwrap();
        assert_eq!(output.stdout, b"done\n");
    }
}
