//! Rules of repetition and durations, in words.

use std::fmt::Write as _;

use super::line::time;

/// A rule (RRULE) in words; what it has no words for stays as it is.
pub(super) fn words(rule: &str) -> String {
    let parts: Vec<(String, &str)> = rule
        .split(';')
        .take(20)
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim()))
        .collect();
    let part = |name: &str| parts.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
    let Some(unit) = part("FREQ").and_then(unit) else {
        return rule.to_owned();
    };
    let mut words = match part("INTERVAL").and_then(|value| value.parse::<u32>().ok()) {
        None | Some(0 | 1) => format!("every {unit}"),
        Some(count) => format!("every {count} {unit}s"),
    };
    if let Some(days) = part("BYDAY") {
        let days: Vec<String> = days.split(',').take(60).map(day).collect();
        let which = part("BYSETPOS").map(|place| format!("{} ", ordinal(place)));
        let _ = write!(words, " on {}{}", which.unwrap_or_default(), days.join(", "));
    }
    if let Some(days) = part("BYMONTHDAY") {
        let days: Vec<String> = days.split(',').take(60).map(month_day).collect();
        let _ = write!(words, " on {}", days.join(", "));
    }
    if let Some(months) = part("BYMONTH") {
        let months: Vec<&str> = months.split(',').take(12).map(month).collect();
        let _ = write!(words, " in {}", months.join(", "));
    }
    if let Some(count) = part("COUNT") {
        let _ = write!(words, ", {count} times");
    }
    if let Some(until) = part("UNTIL") {
        let _ = write!(words, ", until {}", time(until));
    }
    words
}

/// A duration such as `PT1H30M` in words.
pub(super) fn duration(value: &str) -> Option<String> {
    let rest = value.trim_start_matches(['+', '-']).strip_prefix('P')?;
    let mut words = Vec::new();
    let mut number = String::new();
    for character in rest.chars().take(40) {
        let unit = match character {
            '0'..='9' => {
                number.push(character);
                continue;
            }
            'T' => continue,
            'W' => "week(s)",
            'D' => "day(s)",
            'H' => "hour(s)",
            'M' => "minute(s)",
            'S' => "second(s)",
            _ => return None,
        };
        let count = std::mem::take(&mut number);
        if count.trim_start_matches('0').is_empty() {
            continue;
        }
        words.push(format!("{count} {unit}"));
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn unit(frequency: &str) -> Option<&'static str> {
    Some(match frequency.to_ascii_uppercase().as_str() {
        "SECONDLY" => "second",
        "MINUTELY" => "minute",
        "HOURLY" => "hour",
        "DAILY" => "day",
        "WEEKLY" => "week",
        "MONTHLY" => "month",
        "YEARLY" => "year",
        _ => return None,
    })
}

/// `MO`, or `-1FR` for the last Friday.
fn day(value: &str) -> String {
    let value = value.trim();
    let at = value.find(|c: char| c.is_ascii_alphabetic()).unwrap_or_default();
    let (place, letters) = value.split_at_checked(at).unwrap_or(("", value));
    let name = match letters.to_ascii_uppercase().as_str() {
        "MO" => "Monday",
        "TU" => "Tuesday",
        "WE" => "Wednesday",
        "TH" => "Thursday",
        "FR" => "Friday",
        "SA" => "Saturday",
        "SU" => "Sunday",
        _ => return value.to_owned(),
    };
    if place.is_empty() { name.to_owned() } else { format!("the {} {name}", ordinal(place)) }
}

fn month_day(value: &str) -> String {
    match value.trim().parse::<i32>() {
        Ok(-1) => "the last day".to_owned(),
        Ok(number) if number < 0 => format!("the {} day", ordinal(value)),
        _ => format!("day {}", value.trim()),
    }
}

fn month(value: &str) -> &str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let number = value.trim().parse::<usize>().ok();
    number.and_then(|n| NAMES.get(n.checked_sub(1)?)).copied().unwrap_or(value)
}

fn ordinal(value: &str) -> String {
    match value.trim().trim_start_matches('+').parse::<i32>() {
        Ok(1) => "first".to_owned(),
        Ok(2) => "second".to_owned(),
        Ok(3) => "third".to_owned(),
        Ok(-1) => "last".to_owned(),
        Ok(number) if number < 0 => format!("{}th last", number.unsigned_abs()),
        Ok(number) => format!("{number}th"),
        Err(_) => value.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_in_words() {
        for (rule, expected) in [
            ("FREQ=DAILY", "every day"),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10",
                "every 2 weeks on Monday, Wednesday, 10 times",
            ),
            ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
            ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "every month on first Monday, Tuesday"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,-1", "every month on day 15, the last day"),
            (
                "FREQ=YEARLY;BYMONTH=3;UNTIL=20301231T000000Z",
                "every year in March, until 2030-12-31 00:00 UTC",
            ),
            ("FREQ=SOMETIMES", "FREQ=SOMETIMES"),
        ] {
            assert_eq!(words(rule), expected);
        }
        assert_eq!(duration("P1DT1H30M").as_deref(), Some("1 day(s) 1 hour(s) 30 minute(s)"));
        assert_eq!(duration("PT0S"), None);
    }
}
