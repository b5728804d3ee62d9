//! Captions of recordings, as what was said: who spoke from when on.

use std::ops::ControlFlow;

use super::plain;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Bytes that are told as one turn.
const MAX_TURN: usize = 2_000;
/// Seconds that one turn takes when nobody says who speaks.
const MAX_SECONDS: u64 = 60;

/// What one person said without a break.
struct Turn {
    speaker: Option<String>,
    seconds: u64,
    text: String,
    last: String,
}

/// Reads captions (WebVTT or SubRip).
pub(crate) fn read(bytes: &[u8], writer: &mut Writer<'_>) -> Result<(), Unreadable> {
    let text = plain::decode(bytes, None, writer)?;
    if !text.contains("-->") {
        let _ = plain::tell_apart(&text, writer);
        return Ok(());
    }
    let mut turns = Turns { writer, turn: None };
    let _ = turns.read(&text);
    Ok(())
}

struct Turns<'w, 'r> {
    writer: &'w mut Writer<'r>,
    turn: Option<Turn>,
}

impl Turns<'_, '_> {
    fn read(&mut self, text: &str) -> ControlFlow<()> {
        let mut lines = text.lines();
        // What stands before a line with times is a number, a name, a style or a note.
        while let Some(line) = lines.next() {
            let Some(seconds) = start(line) else { continue };
            let mut speaker = None;
            for line in lines.by_ref().take_while(|line| !line.trim().is_empty()) {
                self.line(seconds, line, &mut speaker)?;
            }
        }
        self.tell()
    }

    /// A line of a caption; a speaker goes on over its lines.
    fn line(&mut self, seconds: u64, line: &str, speaker: &mut Option<String>) -> ControlFlow<()> {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, tagged)) = rest.split_once('<') {
            text.push_str(before);
            let Some((tag, after)) = tagged.split_once('>') else {
                rest = tagged;
                break;
            };
            let named = voice(tag);
            if named.is_some() || tag == "/v" {
                self.said(speaker.as_ref(), seconds, &std::mem::take(&mut text))?;
                *speaker = named;
            }
            rest = after;
        }
        text.push_str(rest);
        self.said(speaker.as_ref(), seconds, &text)
    }

    fn said(&mut self, speaker: Option<&String>, seconds: u64, text: &str) -> ControlFlow<()> {
        let text = without_entities(text.trim());
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        if let Some(turn) = &mut self.turn
            && turn.speaker.as_ref() == speaker
            && turn.text.len() + text.len() < MAX_TURN
            && (speaker.is_some() || seconds.saturating_sub(turn.seconds) < MAX_SECONDS)
        {
            // Rolling captions say each line twice.
            if turn.last != text {
                turn.text.push(' ');
                turn.text.push_str(&text);
                turn.last = text;
            }
            return ControlFlow::Continue(());
        }
        self.tell()?;
        self.turn =
            Some(Turn { speaker: speaker.cloned(), seconds, text: text.clone(), last: text });
        ControlFlow::Continue(())
    }

    fn tell(&mut self) -> ControlFlow<()> {
        let Some(turn) = self.turn.take() else { return ControlFlow::Continue(()) };
        let (minutes, seconds) = (turn.seconds / 60, turn.seconds % 60);
        let time = format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
        match turn.speaker {
            Some(speaker) => self.writer.block(&format!("**{speaker}** ({time}): {}", turn.text)),
            None => self.writer.block(&format!("({time}) {}", turn.text)),
        }
    }
}

/// The speaker that a voice tag names: `v Ann` or `v.loud Ann`.
fn voice(tag: &str) -> Option<String> {
    let rest = tag.strip_prefix('v').filter(|rest| rest.starts_with([' ', '\t', '.']))?;
    let (_, name) = rest.split_once([' ', '\t'])?;
    let name: String =
        without_entities(name.trim()).chars().filter(|c| *c != '*').take(200).collect();
    (!name.is_empty()).then_some(name)
}

/// The seconds at which a caption begins, of the line with its times.
fn start(line: &str) -> Option<u64> {
    let (start, _) = line.split_once("-->")?;
    let (whole, _) = start.trim().split_once(['.', ',']).unwrap_or((start.trim(), ""));
    whole.split(':').try_fold(0_u64, |sum, part| {
        let part: u64 = part.parse().ok()?;
        sum.checked_mul(60)?.checked_add(part)
    })
}

fn without_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ");
    let plain = plain.replace("&lrm;", "").replace("&rlm;", "").replace("&quot;", "\"");
    plain.replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::reading::Request;

    fn read(name: &str, text: &str) -> String {
        crate::read(text.as_bytes(), &Request::new(name, 100_000)).content.unwrap().markdown()
    }

    #[test]
    fn turns_of_a_speaker_are_one_paragraph() {
        let text = "WEBVTT\n\nNOTE made by a machine\n\n7a/1-0\n00:01:05.200 --> 00:01:07.000 align:start\n\
                    <v Ann>Hello &amp; <i>welcome</i>.</v>\n\n7a/1-1\n01:08.000 --> 01:09.000\n<v Ann>Let us\nstart.\n\n\
                    01:02:03.000 --> 01:02:04.000\n<v.loud Bob B>Yes.</v> <v Ann>Good.</v>\n";
        assert_eq!(
            read("a.vtt", text),
            "**Ann** (00:01:05): Hello & welcome. Let us start.\n\n**Bob B** (01:02:03): Yes.\n\n**Ann** (01:02:03): Good."
        );
    }

    #[test]
    fn captions_without_speakers_are_told_by_the_minute() {
        let text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\n\r\n2\r\n00:00:02,500 --> 00:00:03,000\r\nOne\r\nTwo\r\n\r\n\
                    3\r\n00:02:00,000 --> 00:02:01,000\r\n<b>Three</b>\r\n";
        assert_eq!(read("a.srt", text), "(00:00:01) One Two\n\n(00:02:00) Three");
    }

    #[test]
    fn a_file_without_times_is_read_as_text() {
        assert_eq!(read("a.srt", "only words"), "only words");
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[0-9:.<>/v &a\n-]{0,80}") {
            read("a.vtt", &format!("WEBVTT\n\n99999999999999999999:00 --> x\n1:00 --> 2\n{text}"));
        }
    }
}
