use proptest::prelude::*;

use crate::reading::{Extract, Note, Request};

fn extract(text: &str) -> Extract {
    crate::read(text.as_bytes(), &Request::new("a.ics", 1_000_000)).content.unwrap()
}

const MEETING: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nX-WR-CALNAME:Team\r\nBEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\n\
BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
ORGANIZER;CN=\"Ann; A\":mailto:ann@a.example\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:MAILTO:bob@a.example\r\n\
ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:cia@a.example\r\n\
SUMMARY;LANGUAGE=en:Budget\\, again\r\nDTSTART;TZID=\"Romance Standard Time\":20261123T090000\r\n\
DTEND;TZID=\"Romance Standard Time\":20261123T103000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\nEXDATE:20261130T090000,20261207T090000\r\n\
LOCATION:Room 1\r\nSTATUS:CONFIRMED\r\nDESCRIPTION:Line one\\nLine \r\n two with a long t\r\n\tail\r\n\
BEGIN:VALARM\r\nDESCRIPTION:REMINDER\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_meeting_is_told_in_words() {
    assert_eq!(
        extract(MEETING).markdown(),
        "This is an invitation to a meeting.\n\n# Team\n\n## Budget, again\n\n\
         - When: 2026-11-23 09:00 (Romance Standard Time) to 2026-11-23 10:30 (Romance Standard Time)\n\
         - Repeats: every week on Monday, except on 2 date(s)\n- Where: Room 1\n- Organiser: Ann; A <ann@a.example>\n\
         - Attendees: Bob <bob@a.example> (accepted), cia@a.example (no answer, optional)\n- Status: confirmed\n\n\
         Line one\nLine two with a long tail"
    );
}

#[test]
fn whole_days_durations_and_tasks_are_told() {
    let text = extract(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270103\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART:20270101T080000Z\nDURATION:PT45M\nSTATUS:CANCELLED\nEND:VEVENT\n\
         BEGIN:VTODO\nSUMMARY:Pay\nDUE:20270201\nSTATUS:IN-PROCESS\nEND:VTODO\nEND:VCALENDAR",
    )
    .markdown();
    assert_eq!(
        text,
        "## Fair\n\n- When: 2027-01-01 (all day), until before 2027-01-03\n\n\
         ## Event\n\n- When: 2027-01-01 08:00 UTC, for 45 minute(s)\n- Status: cancelled\n\n\
         ## Pay\n\n- Due: 2027-02-01\n- Status: in process"
    );
}

#[test]
fn a_calendar_that_ends_early_keeps_what_it_has() {
    let read = extract("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Half");
    assert_eq!((read.markdown().as_str(), read.notes), ("## Half", vec![Note::PartlyDamaged]));
}

#[test]
fn more_events_than_are_read_are_said() {
    let text =
        format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n".repeat(5_001));
    let read = extract(&text);
    assert_eq!(
        (read.markdown().matches("## x").count(), read.notes),
        (5_000, vec![Note::CutAtLimit])
    );
}

#[test]
fn a_line_without_end_is_cut() {
    let text = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDESCRIPTION:y\n{}",
        " aaaa\n".repeat(300_000)
    );
    assert!(extract(&text).markdown().len() < 70_000);
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "[A-Z:;=,\"\\\\\n 0-9äT]{0,200}") {
        extract(&format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:{text}\nORGANIZER:{text}\nDTSTART:{text}\n{text}"));
    }

    #[test]
    fn a_changed_byte_does_not_break_the_reader(at in 0..MEETING.len(), byte in any::<u8>()) {
        let mut bytes = MEETING.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = crate::read(&bytes, &Request::new("a.ics", 10_000));
    }
}
