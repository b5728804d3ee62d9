//! The table that is printed: what was measured beside what was promised and what peers need.

use std::fmt;
use std::time::Duration;

/// What a measurement says about the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// Even the goal.
    Goal,
    /// What must be.
    Must,
    /// Neither.
    Nothing,
    /// Nothing was promised.
    NotPromised,
}

impl Reached {
    /// For what should be small.
    pub(super) fn at_most(value: f64, must: f64, goal: f64) -> Self {
        Self::by(value <= must, value <= goal)
    }

    /// For what should be large.
    pub(super) fn at_least(value: f64, must: f64, goal: f64) -> Self {
        Self::by(value >= must, value >= goal)
    }

    /// From both answers.
    pub(super) fn by(must: bool, goal: bool) -> Self {
        match (must, goal) {
            (true, true) => Self::Goal,
            (true, false) => Self::Must,
            (false, _) => Self::Nothing,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::Must => "must",
            Self::Nothing => "MISSED",
            Self::NotPromised => "",
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What was measured.
    pub(super) what: String,
    /// The number, with its unit.
    pub(super) measured: String,
    /// What it must be.
    pub(super) must: &'static str,
    /// What it should be.
    pub(super) goal: &'static str,
    /// The ratio to a peer in the same run.
    pub(super) ratio: String,
    /// What the promise came to.
    pub(super) reached: Reached,
}

impl Row {
    /// A number nobody promised anything about.
    pub(super) fn plain(what: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            measured: measured.into(),
            must: "",
            goal: "",
            ratio: String::new(),
            reached: Reached::NotPromised,
        }
    }

    /// The same row with a ratio.
    pub(super) fn with_ratio(mut self, ratio: impl Into<String>) -> Self {
        self.ratio = ratio.into();
        self
    }

    /// The same row with a promise.
    pub(super) fn promised(
        mut self,
        must: &'static str,
        goal: &'static str,
        reached: Reached,
    ) -> Self {
        (self.must, self.goal, self.reached) = (must, goal, reached);
        self
    }
}

/// All rows of a run, and what must be said with them.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    remarks: Vec<String>,
}

impl Table {
    /// Adds a row.
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a sentence below the table.
    pub(super) fn remark(&mut self, sentence: String) {
        self.remarks.push(sentence);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | must | goal | ratio in this run | reached |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let Row { what, measured, must, goal, ratio, reached } = row;
            let word = reached.word();
            writeln!(f, "| {what} | {measured} | {must} | {goal} | {ratio} | {word} |")?;
        }
        for remark in &self.remarks {
            writeln!(f, "\n{remark}")?;
        }
        Ok(())
    }
}

/// Milliseconds of a duration, as a number.
pub(super) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The least and the middle one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    /// The least.
    pub(super) least: Duration,
    /// The one in the middle.
    pub(super) median: Duration,
}

impl Spread {
    /// Of at least one value.
    pub(super) fn of(mut values: Vec<Duration>) -> Option<Self> {
        values.sort_unstable();
        Some(Self { least: *values.first()?, median: *values.get(values.len() / 2)? })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} / {:.1} ms", ms(self.least), ms(self.median))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_or_missed_at_its_own_number() {
        assert_eq!(Reached::at_most(10.0, 30.0, 10.0), Reached::Goal);
        assert_eq!(Reached::at_most(30.0, 30.0, 10.0), Reached::Must);
        assert_eq!(Reached::at_most(30.1, 30.0, 10.0), Reached::Nothing);
        assert_eq!(Reached::at_least(30.0, 10.0, 30.0), Reached::Goal);
        assert_eq!(Reached::at_least(10.0, 10.0, 30.0), Reached::Must);
        assert_eq!(Reached::at_least(9.9, 10.0, 30.0), Reached::Nothing);
    }

    #[test]
    fn a_missed_promise_stands_out_and_remarks_follow_the_table() {
        let mut table = Table::default();
        table.add(Row::plain("size", "9 MB").promised("< 8 MB", "4 MB", Reached::Nothing));
        table.remark("SKIPPED: x".to_owned());
        let text = table.to_string();
        assert!(text.contains("| size | 9 MB | < 8 MB | 4 MB |  | MISSED |"), "{text}");
        assert!(text.ends_with("\nSKIPPED: x\n"), "{text}");
    }

    #[test]
    fn a_spread_is_the_least_and_the_middle() {
        let values = [3, 1, 9].map(Duration::from_millis).to_vec();
        assert_eq!(Spread::of(values).unwrap().to_string(), "1.0 / 3.0 ms");
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
