//! `tracing` as JSON lines: flat fields, no spans, and libraries kept quiet.

use std::fmt;
use std::io;

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;

use super::Lines;
use super::panics::report_panics;
use crate::clock::Clock;
use crate::config::{ConfigError, Vars};

/// Crates that follow `LOG_LEVEL`, besides the connector itself. All others are libraries.
const OURS: [&str; 3] = ["platform", "graph", "reading"];
/// Below this level libraries print requests, headers and messages.
const LIBRARIES_AT_MOST: LevelFilter = LevelFilter::WARN;
const EXPECTED: &str =
    "expected error, warn, info, debug, trace, or a list such as info,platform=debug";

/// Which events are written, from `LOG_LEVEL`.
#[derive(Clone, Debug)]
pub struct LogFilter(Targets);

impl LogFilter {
    /// Reads `LOG_LEVEL` for this connector's crate; `info` when not set.
    ///
    /// # Errors
    /// When it is neither a level nor a list of `target=level`, or, outside `ENVIRONMENT=local`,
    /// when it would let a library print more than warnings.
    pub fn from_vars(vars: &Vars, connector: &str) -> Result<Self, ConfigError> {
        let is_local = matches!(vars.get("ENVIRONMENT"), None | Some("local"));
        let mut level = LevelFilter::INFO;
        let mut targets = Vec::new();
        let text = vars.get("LOG_LEVEL").unwrap_or("info");
        for part in text.split(',').map(str::trim) {
            let Some((target, of_target)) = part.split_once('=') else {
                level = level_word(part)?;
                continue;
            };
            let of_target = level_word(of_target)?;
            let name = target.split("::").next().unwrap_or_default();
            if name.is_empty() || !target.chars().all(is_of_a_path) {
                return Err(ConfigError::new("LOG_LEVEL", EXPECTED));
            }
            let is_library = name != connector && !OURS.contains(&name);
            if is_library && of_target > LIBRARIES_AT_MOST && !is_local {
                let problem = "lets a library print more than warnings, which may hold content; \
                               only with ENVIRONMENT=local";
                return Err(ConfigError::new("LOG_LEVEL", problem));
            }
            targets.push((target.to_owned(), of_target));
        }
        let ours = OURS.into_iter().chain([connector]);
        let mut filter = Targets::new()
            .with_default(level.min(LIBRARIES_AT_MOST))
            .with_target("rmcp", level.min(LIBRARIES_AT_MOST))
            // Its warnings print error texts, which quote arguments, and its errors panic texts.
            .with_target("rmcp::service", LevelFilter::OFF)
            .with_targets(ours.map(|name| (name, level)));
        filter = filter.with_targets(targets);
        Ok(Self(filter))
    }
}

fn level_word(word: &str) -> Result<LevelFilter, ConfigError> {
    match word.to_ascii_lowercase().as_str() {
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err(ConfigError::new("LOG_LEVEL", EXPECTED)),
    }
}

fn is_of_a_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | ':')
}

/// Starts logging to standard output and reports panics there; `connector` is the name of its
/// crate. Where logging was started before, that stays.
///
/// # Errors
/// When `LOG_LEVEL` makes no sense.
pub fn init(vars: &Vars, connector: &str) -> Result<Lines, ConfigError> {
    let lines = Lines::stdout();
    let clock = Clock::System;
    let filter = LogFilter::from_vars(vars, connector)?;
    let started = subscriber(&lines, &clock, filter);
    let _ = tracing::subscriber::set_global_default(started);
    report_panics(&lines, &clock);
    Ok(lines)
}

/// A subscriber that writes events as JSON lines.
pub fn subscriber(
    lines: &Lines,
    clock: &Clock,
    filter: LogFilter,
) -> impl Subscriber + Send + Sync + use<> {
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_timer(Rfc3339(clock.clone()))
        .with_writer(EventLines(lines.clone()));
    tracing_subscriber::registry().with(filter.0).with(layer)
}

struct Rfc3339(Clock);

impl FormatTime for Rfc3339 {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", self.0.now())
    }
}

struct EventLines(Lines);

impl<'a> MakeWriter<'a> for EventLines {
    type Writer = EventWriter<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        EventWriter(&self.0)
    }
}

/// The formatter hands over each event in one piece.
struct EventWriter<'a>(&'a Lines);

impl io::Write for EventWriter<'_> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_json(&String::from_utf8_lossy(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
