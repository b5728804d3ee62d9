//! What goes through the pipes: a length, the request as JSON, then the file until its end; back
//! comes a length, the reading as JSON without its text, then the text until the end.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::reading::{Reading, Request};

/// The most that a request may take; a file's name is the longest thing in it.
const MAX_HEADER: u32 = 64 * 1024;

/// What the child is told before the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) request: Request,
    pub(super) limits: Limits,
}

impl Header {
    /// Length and JSON.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let json = serde_json::to_vec(self).ok()?;
        let length = u32::try_from(json.len()).ok().filter(|length| *length <= MAX_HEADER)?;
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(json);
        Some(bytes)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(super) fn from_reader(source: &mut impl Read) -> Option<Self> {
        let mut length = [0; 4];
        source.read_exact(&mut length).ok()?;
        let length = u32::from_be_bytes(length);
        if length > MAX_HEADER {
            return None;
        }
        let mut json = vec![0; usize::try_from(length).ok()?];
        source.read_exact(&mut json).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

/// What the child answers. The text stands apart, because it is nearly all of an answer and needs
/// no signs around it.
#[derive(Serialize, Deserialize)]
pub(super) struct Answer {
    /// The reading, its passages without their texts.
    reading: Reading,
    /// Bytes of each passage's text.
    sizes: Vec<usize>,
}

impl Answer {
    /// Writes a reading.
    pub(super) fn write(mut reading: Reading, output: &mut impl Write) -> std::io::Result<()> {
        let passages = reading.content.iter_mut().flat_map(|extract| &mut extract.passages);
        let texts: Vec<String> =
            passages.map(|passage| std::mem::take(&mut passage.text)).collect();
        let sizes = texts.iter().map(String::len).collect();
        let json = serde_json::to_vec(&Self { reading, sizes })?;
        let length = u32::try_from(json.len()).map_err(std::io::Error::other)?;
        output.write_all(&length.to_be_bytes())?;
        output.write_all(&json)?;
        for text in texts {
            output.write_all(text.as_bytes())?;
        }
        output.flush()
    }

    /// The reading in what [`write`](Self::write) wrote; nothing when it is anything else.
    pub(super) fn parse(mut bytes: Vec<u8>) -> Option<Reading> {
        let (length, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (json, _) = rest.split_at_checked(length)?;
        let Self { mut reading, sizes } = serde_json::from_slice(json).ok()?;
        let passages = reading.content.iter_mut().flat_map(|extract| &mut extract.passages);
        let mut passages: Vec<_> = passages.collect();
        if passages.len() != sizes.len() {
            return None;
        }
        bytes.drain(..size_of::<u32>() + length);
        // A single text, which can be large, stays where it is.
        if let [only] = passages.as_mut_slice() {
            only.text = String::from_utf8(bytes).ok()?;
            return (sizes == [only.text.len()]).then_some(reading);
        }
        let mut text = bytes.as_slice();
        for (passage, size) in passages.into_iter().zip(sizes) {
            let (own, rest) = text.split_at_checked(size)?;
            std::str::from_utf8(own).ok()?.clone_into(&mut passage.text);
            text = rest;
        }
        text.is_empty().then_some(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::label::LabelEvidence;
    use crate::reading::{Extract, Passage, Place};
    use crate::unreadable::Unreadable;

    fn passage(page: u32, text: &str) -> Passage {
        let place = Place { page: Some(page), ..Place::default() };
        Passage { place, text: text.to_owned() }
    }

    fn reading(content: Result<Extract, Unreadable>) -> Reading {
        Reading { kind: Kind::Docx, named_as: None, label: LabelEvidence::Unlabelled, content }
    }

    fn bytes(reading: &Reading) -> Vec<u8> {
        let mut bytes = Vec::new();
        Answer::write(reading.clone(), &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_reading_comes_back_as_it_was() {
        let passages = vec![passage(1, "Zürich \"\n"), passage(2, ""), passage(3, "日本")];
        let extract = Extract { passages, ..Extract::default() };
        for content in [Ok(extract), Ok(Extract::default()), Err(Unreadable::Damaged)] {
            let reading = reading(content);
            assert_eq!(Answer::parse(bytes(&reading)), Some(reading));
        }
    }

    #[test]
    fn what_is_no_whole_answer_is_none() {
        for passages in [vec![passage(1, "Zürich")], vec![passage(1, "Zürich"), passage(2, "Bern")]]
        {
            let texts: usize = passages.iter().map(|passage| passage.text.len()).sum();
            let whole = bytes(&reading(Ok(Extract { passages, ..Extract::default() })));
            for end in 0..whole.len() {
                assert_eq!(Answer::parse(whole[..end].to_vec()), None, "{end}");
            }
            assert_eq!(Answer::parse([whole.as_slice(), b"x"].concat()), None);
            let mut torn = whole.clone();
            torn[whole.len() - texts + 1] = 0xff;
            assert_eq!(Answer::parse(torn), None);
        }
    }
}
