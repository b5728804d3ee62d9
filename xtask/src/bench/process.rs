//! What the kernel says about a running process: CPU time and memory.

use std::time::Duration;

use anyhow::Context as _;

/// Clock ticks per second in `/proc`; Linux has shown 100 to programs ever since.
const TICKS: u32 = 100;

/// User and system time of the process so far, in steps of 10 ms.
///
/// # Errors
/// When there is no such process.
pub(super) fn cpu(pid: i32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("reading CPU time")?;
    let ticks = ticks_in(&stat).context("the kernel's line about the process is another")?;
    Ok(Duration::from_secs(1) / TICKS * ticks)
}

/// The fields 14 and 15, counted after the name, which may hold anything.
fn ticks_in(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

/// Time its living threads ran, exact: for a process that has just started.
///
/// # Errors
/// When there is no such process, or the kernel does not count.
pub(super) fn run_time(pid: i32) -> anyhow::Result<Duration> {
    let mut total = Duration::ZERO;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).context("reading threads")? {
        let thread = thread?.path();
        let text = match std::fs::read_to_string(thread.join("schedstat")) {
            // It ended in between.
            Err(_) if !thread.exists() => continue,
            text => text?,
        };
        let nanos = text.split(' ').next().and_then(|word| word.parse().ok());
        total += Duration::from_nanos(nanos.context("the kernel counts no run time")?);
    }
    Ok(total)
}

/// Memory of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    /// In use now, in kilobytes.
    pub(super) now_kb: u64,
    /// The most that was ever in use, in kilobytes.
    pub(super) peak_kb: u64,
}

/// Resident memory of the process.
///
/// # Errors
/// When there is no such process.
pub(super) fn memory(pid: i32) -> anyhow::Result<Memory> {
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).context("reading memory")?;
    let kb = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let now_kb = kb("VmRSS:").context("the kernel shows no VmRSS")?;
    let peak_kb = kb("VmHWM:").context("the kernel shows no VmHWM")?;
    Ok(Memory { now_kb, peak_kb })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "7 (a) b ( c) S 1 7 7 0 -1 4194304 101 0 0 0 12 30 5 5 20 0 1 0 4";
        assert_eq!(ticks_in(stat), Some(42));
        assert_eq!(ticks_in("7 (a"), None);
    }

    #[test]
    fn the_own_process_has_used_memory_and_time() {
        let own = i32::try_from(std::process::id()).unwrap();
        let memory = memory(own).unwrap();
        assert!(memory.now_kb > 100 && memory.peak_kb >= memory.now_kb, "{memory:?}");
        assert!(run_time(own).unwrap() > Duration::ZERO);
        cpu(own).unwrap();
    }
}
