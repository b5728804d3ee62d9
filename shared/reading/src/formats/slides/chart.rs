//! Charts: the numbers they were drawn from, as the file keeps them.

use std::io::BufRead;

use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

const MAX_POINTS: usize = 2_000;
const MAX_SERIES: usize = 100;
const MAX_TEXT: usize = 512 * 1024;

/// A chart as a table.
#[derive(Default)]
pub(super) struct Chart {
    /// Its title.
    pub(super) title: String,
    /// A header row, then one row for each category.
    pub(super) rows: Vec<Vec<String>>,
}

/// One row of numbers in a chart.
#[derive(Default)]
struct Series {
    name: String,
    categories: Vec<String>,
    values: Vec<String>,
}

/// Where in a series the walker is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Elsewhere,
    Title,
    Name,
    Categories,
    Values,
}

impl Chart {
    /// Reads the caches of a chart.
    pub(super) fn read<R: BufRead>(xml: &mut Xml<R>) -> Result<Self, Unreadable> {
        let mut chart = Self::default();
        let mut all: Vec<Series> = Vec::new();
        let mut within = Within::Elsewhere;
        let mut in_plot = false;
        let mut in_series = false;
        let mut in_words = false;
        let mut point = 0_usize;
        let mut room = MAX_TEXT;
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(tag) => match tag.name() {
                    "plotArea" => in_plot = true,
                    "title" if !in_plot => within = Within::Title,
                    "ser" if all.len() < MAX_SERIES => {
                        all.push(Series::default());
                        in_series = true;
                    }
                    "tx" if in_series => within = Within::Name,
                    "cat" | "xVal" => within = Within::Categories,
                    "val" | "yVal" => within = Within::Values,
                    "pt" => {
                        let index = tag.attribute("idx").and_then(|index| index.parse().ok());
                        point = index.unwrap_or(usize::MAX);
                    }
                    "v" | "t" => in_words = true,
                    _ => {}
                },
                Piece::Close(name) => match name {
                    "plotArea" => in_plot = false,
                    "ser" => in_series = false,
                    "title" | "tx" | "cat" | "xVal" | "val" | "yVal" => within = Within::Elsewhere,
                    "v" | "t" => in_words = false,
                    _ => {}
                },
                Piece::Text(text) if in_words && text.len() <= room => {
                    room -= text.len();
                    let series = all.last_mut();
                    match (within, series) {
                        (Within::Title, _) => chart.title.push_str(&text),
                        (Within::Name, Some(series)) => series.name.push_str(&text),
                        (Within::Categories, Some(series)) => {
                            put(&mut series.categories, point, &text);
                        }
                        (Within::Values, Some(series)) => put(&mut series.values, point, &text),
                        _ => {}
                    }
                }
                Piece::Text(_) => {}
            }
        }
        chart.rows = rows(&all);
        Ok(chart)
    }
}

/// Puts a value to its place; of several levels of categories the nearest one stays.
fn put(values: &mut Vec<String>, at: usize, text: &str) {
    if at >= MAX_POINTS {
        return;
    }
    if values.len() <= at {
        values.resize(at + 1, String::new());
    }
    if let Some(value) = values.get_mut(at).filter(|value| value.is_empty()) {
        value.push_str(&tidy(text));
    }
}

/// A number as people write it: the file has `4.2999999999999998`.
fn tidy(text: &str) -> String {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && text.contains('.') && number.abs() < 1e15 => {
            let rounded = (number * 1e9).round() / 1e9;
            if rounded == 0.0 { text.trim().to_owned() } else { rounded.to_string() }
        }
        _ => text.trim().to_owned(),
    }
}

fn rows(all: &[Series]) -> Vec<Vec<String>> {
    let count = all.iter().map(|s| s.values.len().max(s.categories.len())).max().unwrap_or(0);
    if count == 0 {
        return Vec::new();
    }
    let categories = all.iter().map(|series| &series.categories).max_by_key(|names| names.len());
    let mut header = vec![String::new()];
    header.extend((1..).zip(all).map(|(number, series)| {
        if series.name.trim().is_empty() { format!("Series {number}") } else { series.name.clone() }
    }));
    let mut rows = vec![header];
    for at in 0..count {
        let cell = |values: &[String]| values.get(at).cloned().unwrap_or_default();
        let mut row = vec![categories.map(|names| cell(names)).unwrap_or_default()];
        row.extend(all.iter().map(|series| cell(&series.values)));
        rows.push(row);
    }
    rows
}
