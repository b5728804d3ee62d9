//! The limits that the child sets on itself.

use crate::limits::Limits;

/// Gives up everything that reading does not need.
///
/// # Errors
/// When the system refuses a limit: then nothing may be read.
#[cfg(target_os = "linux")]
pub(super) fn confine(limits: &Limits) -> std::io::Result<()> {
    use rustix::process::{
        DumpableBehavior, Resource, Rlimit, Signal, set_dumpable_behavior,
        set_parent_process_death_signal, setrlimit,
    };

    let fixed = |limit: u64| Rlimit { current: Some(limit), maximum: Some(limit) };
    close_what_was_inherited();
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    setrlimit(Resource::As, fixed(limits.memory_bytes))?;
    setrlimit(Resource::Cpu, fixed(limits.cpu_seconds))?;
    setrlimit(Resource::Core, fixed(0))?;
    setrlimit(Resource::Fsize, fixed(0))?;
    // The three streams stay open; no number is left for a file or a socket, even if one of them
    // is closed. The limit of processes does not bind root, which a container has no need to be.
    setrlimit(Resource::Nofile, fixed(0))?;
    setrlimit(Resource::Nproc, fixed(0))?;
    Ok(())
}

/// Elsewhere than on Linux only the limits that every Unix has.
#[cfg(not(target_os = "linux"))]
pub(super) fn confine(limits: &Limits) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let fixed = |limit: u64| Rlimit { current: Some(limit), maximum: Some(limit) };
    close_what_was_inherited();
    setrlimit(Resource::Cpu, fixed(limits.cpu_seconds))?;
    setrlimit(Resource::Core, fixed(0))?;
    setrlimit(Resource::Fsize, fixed(0))?;
    setrlimit(Resource::Nofile, fixed(0))?;
    Ok(())
}

/// Closes every file but the three streams: whoever started our parent may have left some open.
fn close_what_was_inherited() {
    const STREAMS: i32 = 2;
    /// As many as are usual, for a system that does not list them.
    const USUAL: i32 = 1024;
    let listed: Option<Vec<i32>> = std::fs::read_dir("/dev/fd").ok().map(|entries| {
        let names = entries.flatten().map(|entry| entry.file_name());
        names.filter_map(|name| name.to_str()?.parse().ok()).collect()
    });
    let open = listed.unwrap_or_else(|| (0..USUAL).collect());
    for number in open.into_iter().filter(|number| *number > STREAMS) {
        // The listing's own is closed already.
        let _closed = nix::unistd::close(number);
    }
}
