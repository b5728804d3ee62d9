//! One event or task.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use super::line::Line;
use super::repeat;
use crate::markdown;
use crate::writer::Writer;

/// People of one event that are named.
const MAX_PEOPLE: usize = 200;

/// What is known of an event or a task.
#[derive(Default)]
pub(super) struct Event {
    is_task: bool,
    summary: String,
    start: Option<String>,
    end: Option<String>,
    whole_days: bool,
    due: Option<String>,
    place: String,
    organiser: Option<String>,
    people: Vec<String>,
    more_people: usize,
    status: Option<String>,
    repeats: Option<String>,
    except: usize,
    instead_of: Option<String>,
    address: String,
    description: String,
}

impl Event {
    pub(super) fn new(is_task: bool) -> Self {
        Self { is_task, ..Self::default() }
    }

    /// Takes a line of it.
    pub(super) fn take(&mut self, line: &Line) {
        match line.name.as_str() {
            "SUMMARY" => self.summary = line.text(),
            "LOCATION" => self.place = line.text(),
            "DESCRIPTION" => self.description = line.text(),
            "URL" => self.address.clone_from(&line.value),
            "DTSTART" => {
                self.whole_days = !line.value.contains('T');
                self.start = Some(line.time());
            }
            "DTEND" => self.end = Some(line.time()),
            "DURATION" => self.end = repeat::duration(&line.value).map(|text| format!("+{text}")),
            "DUE" => self.due = Some(line.time()),
            "ORGANIZER" => self.organiser = Some(person(line)),
            "ATTENDEE" if self.people.len() < MAX_PEOPLE => {
                let answer = line.parameter("PARTSTAT").and_then(answer);
                let optional = line.parameter("ROLE") == Some("OPT-PARTICIPANT");
                let role = optional.then_some("optional");
                let about: Vec<&str> = answer.into_iter().chain(role).collect();
                let name = person(line);
                self.people.push(if about.is_empty() {
                    name
                } else {
                    format!("{name} ({})", about.join(", "))
                });
            }
            "ATTENDEE" => self.more_people += 1,
            "STATUS" => self.status = Some(line.value.to_ascii_lowercase().replace('-', " ")),
            "RRULE" => self.repeats = Some(repeat::words(&line.value)),
            "EXDATE" => self.except += line.value.split(',').count(),
            "RECURRENCE-ID" => self.instead_of = Some(line.time()),
            _ => {}
        }
    }

    /// Tells it.
    pub(super) fn tell(self, writer: &mut Writer<'_>) -> ControlFlow<()> {
        let kind = if self.is_task { "Task" } else { "Event" };
        let title = if self.summary.trim().is_empty() { kind } else { self.summary.as_str() };
        writer.heading(2, title)?;
        let mut facts: Vec<(&str, String)> = Vec::new();
        if let Some(when) = self.when() {
            facts.push(("When", when));
        }
        facts.extend(self.due.map(|due| ("Due", due)));
        facts.extend(self.instead_of.map(|time| ("Instead of the one on", time)));
        if let Some(repeats) = self.repeats {
            let except = match self.except {
                0 => String::new(),
                count => format!(", except on {count} date(s)"),
            };
            facts.push(("Repeats", format!("{repeats}{except}")));
        }
        facts.push(("Where", self.place));
        facts.extend(self.organiser.map(|organiser| ("Organiser", organiser)));
        let mut people = self.people.join(", ");
        if self.more_people > 0 {
            let _ = write!(people, " and {} more", self.more_people);
        }
        facts.push(("Attendees", people));
        facts.extend(self.status.map(|status| ("Status", status)));
        facts.push(("Link", self.address));
        let lines = facts
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| format!("- {name}: {}", value.trim().replace('\n', " ")));
        writer.block(&lines.collect::<Vec<_>>().join("\n"))?;
        super::plain::tell_apart(&self.description, writer)
    }

    fn when(&self) -> Option<String> {
        let start = self.start.as_ref()?;
        Some(match &self.end {
            Some(end) if end.starts_with('+') => {
                format!("{start}, for {}", end.trim_start_matches('+'))
            }
            Some(end) if self.whole_days => format!("{start} (all day), until before {end}"),
            Some(end) => format!("{start} to {end}"),
            None if self.whole_days => format!("{start} (all day)"),
            None => start.clone(),
        })
    }
}

/// A person by name and address.
fn person(line: &Line) -> String {
    let address = line.value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let address = address.and_then(|_| line.value.get(7..)).unwrap_or_default();
    markdown::person(line.parameter("CN").unwrap_or_default(), address)
}

fn answer(status: &str) -> Option<&'static str> {
    Some(match status.to_ascii_uppercase().as_str() {
        "ACCEPTED" => "accepted",
        "DECLINED" => "declined",
        "TENTATIVE" => "tentative",
        "DELEGATED" => "delegated",
        "NEEDS-ACTION" => "no answer",
        _ => return None,
    })
}
