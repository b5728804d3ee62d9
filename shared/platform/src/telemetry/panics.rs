//! A panic says where it happened and nothing else: its text may hold what must not be logged.

use std::panic::{self, PanicHookInfo};

use serde_json::json;

use super::Lines;
use crate::clock::Clock;

/// Replaces the process's panic hook by one line without the panic's text.
pub(super) fn report_panics(lines: &Lines, clock: &Clock) {
    let (lines, clock) = (lines.clone(), clock.clone());
    panic::set_hook(Box::new(move |info| {
        let _ = lines.write(&panic_line(info, &clock));
    }));
}

fn panic_line(info: &PanicHookInfo<'_>, clock: &Clock) -> serde_json::Value {
    let location = info
        .location()
        .map(|place| format!("{}:{}:{}", place.file(), place.line(), place.column()));
    json!({
        "timestamp": clock.now(),
        "level": "ERROR",
        "message": "a task panicked",
        "event": "panic",
        "location": location,
    })
}
