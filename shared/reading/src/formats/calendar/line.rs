//! Content lines of a calendar (RFC 5545): unfolded, then name, parameters and value.

/// Bytes of one unfolded line; what is longer holds an attachment.
const MAX_LINE: usize = 64 * 1024;

/// Lines with their continuations.
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            if line.len() + more.len() < MAX_LINE {
                line.push_str(more.get(1..).unwrap_or_default());
            }
        }
        Some(line)
    })
}

/// One line.
pub(super) struct Line {
    /// In capitals.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

impl Line {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut quoted = false;
        let end = text.find(|c: char| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let (head, value) = text.split_at_checked(end)?;
        let mut pieces = split_unquoted(head).into_iter();
        // Names may stand in a group: `item1.SUMMARY`.
        let name = pieces.next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
        let parameters = pieces
            .filter_map(|piece| piece.split_once('='))
            .map(|(name, value)| (name.to_ascii_uppercase(), value.replace('"', "")))
            .collect();
        Some(Self { name, parameters, value: value.get(1..)?.trim().to_owned() })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                other => text.push(other),
            }
        }
        text
    }

    /// The value as a point in time, with its zone.
    pub(super) fn time(&self) -> String {
        let time = time(&self.value);
        match self.parameter("TZID") {
            Some(zone) if !self.value.ends_with('Z') => format!("{time} ({zone})"),
            _ => time,
        }
    }
}

fn split_unquoted(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
    .collect()
}

/// `20261121T090000Z` as people write it; anything else as it is.
pub(super) fn time(value: &str) -> String {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).map(|d| d.iter().collect::<String>());
    let (Some(year), Some(month), Some(day)) = (part(0, 4), part(4, 6), part(6, 8)) else {
        return value.to_owned();
    };
    let date = format!("{year}-{month}-{day}");
    match (part(8, 10), part(10, 12)) {
        (Some(hour), Some(minute)) => {
            let zone = if value.ends_with('Z') { " UTC" } else { "" };
            format!("{date} {hour}:{minute}{zone}")
        }
        _ => date,
    }
}
