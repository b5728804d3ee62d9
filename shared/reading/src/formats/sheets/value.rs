//! A cell as a person sees it, without thousands separators, so that a number can be used as it
//! stands.

use std::borrow::Cow;
use std::fmt::Write as _;

use calamine::{DataRef, ExcelDateTime};

/// Digits that a spreadsheet shows of a number.
const DIGITS: usize = 14;

/// The text of a cell; `format` is its number format when the file tells it.
pub(super) fn text<'v>(value: &'v DataRef<'_>, format: Option<&str>) -> Cow<'v, str> {
    match value {
        DataRef::Empty => Cow::Borrowed(""),
        DataRef::Int(number) => Cow::Owned(number.to_string()),
        DataRef::Float(number) => Cow::Owned(self::number(*number, format)),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Cow::Borrowed(text)
        }
        DataRef::SharedString(text) => Cow::Borrowed(text),
        DataRef::Bool(true) => Cow::Borrowed("TRUE"),
        DataRef::Bool(false) => Cow::Borrowed("FALSE"),
        DataRef::DateTime(time) => Cow::Owned(self::time(time)),
        DataRef::Error(error) => Cow::Owned(error.to_string()),
    }
}

fn number(number: f64, format: Option<&str>) -> String {
    if !number.is_finite() {
        return "#NUM!".to_owned();
    }
    match format.and_then(Format::parse) {
        Some(format) => format.show(number),
        None => plain(number),
    }
}

/// Without the noise of binary fractions.
fn plain(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-9..1e21).contains(&size) {
        return format!("{:e}", rounded(number));
    }
    let text = number.to_string();
    // As few digits as it takes to tell it from its neighbours: with no more than are shown,
    // rounding changes nothing.
    let is_short = text.len() <= DIGITS + 1;
    let text = if is_short { text } else { rounded(number).to_string() };
    if text == "-0" { "0".to_owned() } else { text }
}

/// To as many digits as a spreadsheet shows.
fn rounded(number: f64) -> f64 {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return number;
    }
    format!("{number:.DIGITS$e}").parse().unwrap_or(number)
}

/// What of a number format is followed: decimals, percent, and the words around the number.
#[derive(Debug, PartialEq)]
struct Format {
    before: String,
    after: String,
    decimals: usize,
    percent: bool,
}

impl Format {
    /// Nothing for formats that are not followed: general ones, fractions, exponents, text.
    fn parse(code: &str) -> Option<Self> {
        let mut format =
            Self { before: String::new(), after: String::new(), decimals: 0, percent: false };
        let (mut digits, mut point) = (false, false);
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            let mut word = |text: &str| {
                if digits { format.after.push_str(text) } else { format.before.push_str(text) }
            };
            match character {
                // The sections after the first are for negative numbers, zero and text.
                ';' => break,
                '0' | '#' => {
                    digits = true;
                    format.decimals += usize::from(point);
                }
                '.' if digits => point = true,
                ',' | '+' | '(' | ')' => {}
                '-' if !digits => {}
                '%' => {
                    format.percent = true;
                    word("%");
                }
                '"' => word(&characters.by_ref().take_while(|c| *c != '"').collect::<String>()),
                '\\' => word(characters.next()?.encode_utf8(&mut [0; 4])),
                '_' | '*' => {
                    characters.next()?;
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    if let Some(sign) = inside.strip_prefix('$') {
                        word(sign.split('-').next().unwrap_or_default());
                    }
                }
                ' ' => word(" "),
                '$' | '€' | '£' | '¥' | '₹' => word(character.encode_utf8(&mut [0; 4])),
                _ => return None,
            }
        }
        let sane = digits && format.decimals <= 15 && format.before.len() + format.after.len() < 40;
        sane.then_some(format)
    }

    fn show(&self, number: f64) -> String {
        let number = if self.percent { number * 100.0 } else { number };
        let power = 10_f64.powi(i32::try_from(self.decimals).unwrap_or_default());
        let scaled = rounded(number.abs() * power).round();
        if scaled >= 1e15 {
            return format!("{}{}{}", self.before, plain(number), self.after);
        }
        let minus = if number < 0.0 && scaled > 0.0 { "-" } else { "" };
        let shown = scaled / power;
        format!("{minus}{}{shown:.*}{}", self.before, self.decimals, self.after)
    }
}

/// A date, a time of day, both, or a duration.
fn time(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    if !days.is_finite() {
        return "#NUM!".to_owned();
    }
    if time.is_duration() {
        return duration(days);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let has_time = days.fract() != 0.0 || days.abs() < 1.0;
    let mut text = String::new();
    if days.abs() >= 1.0 {
        text = format!("{year:04}-{month:02}-{day:02}");
    }
    if has_time {
        if !text.is_empty() {
            text.push(' ');
        }
        let _ = write!(text, "{hour:02}:{minute:02}");
        if second > 0 || milli > 0 {
            let _ = write!(text, ":{second:02}");
        }
        if milli > 0 {
            let _ = write!(text, ".{milli:03}");
        }
    }
    text
}

fn duration(days: f64) -> String {
    let seconds = (days.abs() * 86_400.0).round();
    if seconds >= 1e15 {
        return plain(days);
    }
    let minus = if days < 0.0 && seconds > 0.0 { "-" } else { "" };
    let hours = (seconds / 3_600.0).floor();
    let minutes = ((seconds - hours * 3_600.0) / 60.0).floor();
    let rest = seconds - hours * 3_600.0 - minutes * 60.0;
    format!("{minus}{hours:.0}:{minutes:02.0}:{rest:02.0}")
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_shown_as_people_see_them() {
        for (value, format, shown) in [
            (12.5, None, "12.5"),
            (12.0, None, "12"),
            (0.1 + 0.2, None, "0.3"),
            (-0.0, None, "0"),
            (1e300, None, "1e300"),
            (f64::NAN, None, "#NUM!"),
            (0.256, Some("0%"), "26%"),
            (0.256, Some("0.00%"), "25.60%"),
            (2.5, Some("0"), "3"),
            (1.005, Some("0.00"), "1.01"),
            (1234.5, Some("#,##0.00"), "1234.50"),
            (-1234.5, Some("_($* #,##0.00_);_($* (#,##0.00)"), "-$1234.50"),
            (99.9, Some("[$€-407] #,##0.00"), "€ 99.90"),
            (99.9, Some("0.0 \"kg\""), "99.9 kg"),
            (99.9, Some("General"), "99.9"),
            (99.9, Some("# ?/?"), "99.9"),
            (-0.001, Some("0.00"), "0.00"),
        ] {
            assert_eq!(number(value, format), shown, "{value} as {format:?}");
        }
    }

    #[test]
    fn dates_are_iso_in_both_date_systems() {
        let shown = |days, kind, since_1904| time(&ExcelDateTime::new(days, kind, since_1904));
        assert_eq!(shown(45_943.0, DateTime, false), "2025-10-13");
        assert_eq!(shown(45_943.0 - 1_462.0, DateTime, true), "2025-10-13");
        assert_eq!(shown(45_943.520_833_333_336, DateTime, false), "2025-10-13 12:30");
        assert_eq!(shown(0.75, DateTime, false), "18:00");
        assert_eq!(shown(1.5, TimeDelta, false), "36:00:00");
        assert_eq!(shown(-0.25, TimeDelta, false), "-6:00:00");
    }

    proptest! {
        #[test]
        fn no_number_and_no_format_breaks_it(value in any::<f64>(), code in "[0#.,;%\"\\[\\]$€_*?a-eE -]{0,12}") {
            let _ = number(value, Some(&code));
            let _ = time(&ExcelDateTime::new(value, DateTime, true));
            let _ = time(&ExcelDateTime::new(value, TimeDelta, false));
        }

        #[test]
        fn whole_numbers_stay_as_they_are(value in -1_000_000_000_000_i64..1_000_000_000_000) {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let float = value as f64;
            prop_assert_eq!(number(float, None), value.to_string());
        }
    }
}
