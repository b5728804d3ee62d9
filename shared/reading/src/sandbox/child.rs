//! The child: reads one file from its input, answers on its output, ends.

use std::io::Read;
use std::process::ExitCode;

use super::frame::{Answer, Header};
use super::{ARGUMENT, confine};
use crate::kind::Kind;
use crate::label::LabelEvidence;
use crate::limits::Limits;
use crate::read::read;
use crate::reading::Reading;
use crate::unreadable::Unreadable;

/// Runs the child if this process was started as one, and `main` otherwise: the whole of a
/// program's `main`.
pub fn child_or(main: impl FnOnce() -> ExitCode) -> ExitCode {
    let is_child = std::env::args_os().nth(1).is_some_and(|argument| argument == ARGUMENT);
    if is_child { child() } else { main() }
}

fn child() -> ExitCode {
    // Whatever a parser has to say when it breaks could be content.
    std::panic::set_hook(Box::new(|_| {}));
    match answer() {
        Some(()) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

fn answer() -> Option<()> {
    let mut input = std::io::stdin().lock();
    let Header { request, limits } = Header::from_reader(&mut input)?;
    confine::confine(&limits).ok()?;
    let reading = match whole(&mut input, &limits) {
        Ok(bytes) => read(&bytes, &request),
        Err(problem) => Reading {
            kind: Kind::Unknown,
            named_as: None,
            label: LabelEvidence::Unclear,
            content: Err(problem),
        },
    };
    Answer::write(reading, &mut std::io::stdout().lock()).ok()
}

fn whole(input: &mut impl Read, limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let most = limits.max_file_bytes;
    input.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(Unreadable::TooLarge { max_bytes: most });
    }
    Ok(bytes)
}
