//! Calendar files: events and tasks in words.

mod event;
mod line;
mod repeat;

use std::ops::ControlFlow;

use self::event::Event;
use self::line::{Line, lines};
use super::plain;
use crate::reading::Note;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Events and tasks that are read of one file.
const MAX_EVENTS: usize = 5_000;

/// Reads a calendar file.
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = plain::decode(bytes, None, writer)?;
    let _ = tell(&text, writer);
    Ok(())
}

/// Tells a calendar.
pub(crate) fn tell(text: &str, writer: &mut Writer<'_>) -> ControlFlow<()> {
    let mut event: Option<Event> = None;
    // Components inside others, such as alarms, say nothing to a reader.
    let mut inner = 0_usize;
    let mut count = 0_usize;
    for text in lines(text) {
        let Some(line) = Line::parse(&text) else { continue };
        let component = line.value.to_ascii_uppercase();
        match (line.name.as_str(), &mut event) {
            ("BEGIN", Some(_)) => inner += 1,
            ("BEGIN", None) if component == "VEVENT" || component == "VTODO" => {
                count += 1;
                if count > MAX_EVENTS {
                    writer.note(Note::CutAtLimit);
                    return ControlFlow::Break(());
                }
                event = Some(Event::new(component == "VTODO"));
            }
            ("END", Some(_)) if inner > 0 => inner -= 1,
            ("END", Some(_)) => {
                if let Some(event) = event.take() {
                    event.tell(writer)?;
                }
            }
            (_, Some(event)) if inner == 0 => event.take(&line),
            ("X-WR-CALNAME", None) => writer.heading(1, &line.text())?,
            ("METHOD", None) => match component.as_str() {
                "REQUEST" => writer.block("This is an invitation to a meeting.")?,
                "CANCEL" => writer.block("This is the cancellation of a meeting.")?,
                "REPLY" => writer.block("This is an answer to an invitation.")?,
                _ => {}
            },
            _ => {}
        }
    }
    // A file that was cut off still has its last event.
    match event {
        Some(event) => {
            writer.note(Note::PartlyDamaged);
            event.tell(writer)
        }
        None => ControlFlow::Continue(()),
    }
}

#[cfg(test)]
mod tests;
