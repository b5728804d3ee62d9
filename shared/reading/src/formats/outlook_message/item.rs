//! One message, recipient or attachment: a storage with properties.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use cfb::CompoundFile;
use encoding_rs::{Encoding, WINDOWS_1252};

/// The file they are in.
pub(super) type File<'b> = CompoundFile<Cursor<&'b [u8]>>;

/// Bytes of one property.
const MAX_PROPERTY: u64 = 16 * 1024 * 1024;
/// Bytes of a name, an address or a subject. Streams of a forged file may share their bytes, so
/// that the size of the file limits none of this.
const MAX_SHORT: u64 = 64 * 1024;
/// Bytes of the table of short properties.
const MAX_TABLE: u64 = 256 * 1024;

const UNICODE: u16 = 0x001F;
const ANSI: u16 = 0x001E;
const BINARY: u16 = 0x0102;
const MESSAGE_CODE_PAGE: u16 = 0x3FFD;
const PAGE_CODE_PAGE: u16 = 0x3FDE;

/// Where an item is stored, and the length of the head of its table.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: String,
    head: usize,
}

impl Place {
    /// The message that the file is.
    pub(super) fn root() -> Self {
        Self { path: String::new(), head: 32 }
    }

    /// The message inside this attachment.
    pub(super) fn message(&self) -> Self {
        Self { path: format!("{}/__substg1.0_3701000D", self.path), head: 24 }
    }

    pub(super) fn exists(&self, file: &File<'_>) -> bool {
        file.is_storage(&self.path)
    }

    pub(super) fn recipients(&self, file: &File<'_>, most: usize) -> Vec<Self> {
        self.inside(file, "__recip_version1.0_#", most)
    }

    pub(super) fn attachments(&self, file: &File<'_>, most: usize) -> Vec<Self> {
        self.inside(file, "__attach_version1.0_#", most)
    }

    fn inside(&self, file: &File<'_>, prefix: &str, most: usize) -> Vec<Self> {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        let Ok(entries) = file.read_storage(path) else { return Vec::new() };
        entries
            .filter(|entry| entry.is_storage() && entry.name().starts_with(prefix))
            .take(most)
            .map(|entry| Self { path: format!("{}/{}", self.path, entry.name()), head: 8 })
            .collect()
    }
}

/// An item of a file.
pub(super) struct Item<'f, 'b> {
    file: &'f mut File<'b>,
    path: String,
    short: HashMap<u16, [u8; 8]>,
}

impl<'f, 'b> Item<'f, 'b> {
    /// Opens an item; one without a table has no short properties.
    pub(super) fn open(file: &'f mut File<'b>, place: &Place) -> Self {
        let mut item = Self { file, path: place.path.clone(), short: HashMap::new() };
        let table = item.stream("__properties_version1.0", MAX_TABLE).unwrap_or_default();
        let (entries, _) = table.get(place.head..).unwrap_or_default().as_chunks::<16>();
        for [_, _, low, high, _, _, _, _, value @ ..] in entries {
            item.short.insert(u16::from_le_bytes([*low, *high]), *value);
        }
        item
    }

    fn stream(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let stream = self.file.open_stream(format!("{}/{name}", self.path)).ok()?;
        let mut bytes = Vec::new();
        // What can be read of a damaged stream is better than nothing.
        let _ = stream.take(most).read_to_end(&mut bytes);
        Some(bytes)
    }

    /// A text, in the message's code page where it is not Unicode.
    pub(super) fn text(&mut self, id: u16) -> Option<String> {
        self.text_up_to(id, MAX_SHORT)
    }

    /// The same for a body.
    pub(super) fn long_text(&mut self, id: u16) -> Option<String> {
        self.text_up_to(id, MAX_PROPERTY)
    }

    fn text_up_to(&mut self, id: u16, most: u64) -> Option<String> {
        let unicode = self.stream(&name(id, UNICODE), most);
        let (bytes, encoding) = if let Some(bytes) = unicode {
            (bytes, encoding_rs::UTF_16LE)
        } else {
            let encoding = self.code_page(MESSAGE_CODE_PAGE).unwrap_or(WINDOWS_1252);
            (self.stream(&name(id, ANSI), most)?, encoding)
        };
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        Some(text.trim_end_matches('\0').to_owned())
    }

    pub(super) fn bytes(&mut self, id: u16) -> Option<Vec<u8>> {
        self.stream(&name(id, BINARY), MAX_PROPERTY)
    }

    /// The length of a binary property.
    pub(super) fn length(&self, id: u16) -> usize {
        let entry = self.file.entry(format!("{}/{}", self.path, name(id, BINARY)));
        entry.ok().and_then(|entry| usize::try_from(entry.len()).ok()).unwrap_or_default()
    }

    pub(super) fn number(&self, id: u16) -> Option<u32> {
        let [a, b, c, d, ..] = *self.short.get(&id)?;
        Some(u32::from_le_bytes([a, b, c, d]))
    }

    /// A point in time, in UTC.
    pub(super) fn time(&self, id: u16) -> Option<String> {
        let ticks = u64::from_le_bytes(*self.short.get(&id)?);
        let minutes = ticks / 10_000_000 / 60;
        let (days, minute) = (minutes / 1_440, minutes % 1_440);
        let (year, month, day) = date(days)?;
        Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60))
    }

    /// The encoding of the body when it is a page.
    pub(super) fn page_encoding(&self) -> Option<&'static Encoding> {
        self.code_page(PAGE_CODE_PAGE)
    }

    fn code_page(&self, id: u16) -> Option<&'static Encoding> {
        codepage::to_encoding(u16::try_from(self.number(id)?).ok()?)
    }
}

fn name(id: u16, kind: u16) -> String {
    format!("__substg1.0_{id:04X}{kind:04X}")
}

/// The date that lies this many days after 1601-01-01.
fn date(days: u64) -> Option<(u64, u64, u64)> {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    // Counted from 1600-03-01, so that a leap day ends its year.
    let days = days.checked_add(306)?;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    Some((1600 + era * 400 + year + next, month, day_of_month)).filter(|(year, _, _)| *year < 9_999)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_dates() {
        for (days, expected) in [
            (0, (1601, 1, 1)),
            (58, (1601, 2, 28)),
            (59, (1601, 3, 1)),
            (134_774, (1970, 1, 1)),
            (134_774 + 11_016, (2000, 2, 29)),
            (134_774 + 20_778, (2026, 11, 21)),
        ] {
            assert_eq!(date(days), Some(expected));
        }
        assert_eq!(date(u64::MAX), None);
    }
}
