//! The machine that was measured on, and how busy it was meanwhile.

use std::fmt::Write as _;

/// What a reader of the numbers must know.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    cores: usize,
    processor: String,
    load: Option<f64>,
}

impl Facts {
    /// Reads them; what the machine does not tell stays out.
    pub(super) fn read() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores,
            processor: processor_in(&processors).unwrap_or("unknown processor").to_owned(),
            load: load.split(' ').next().and_then(|word| word.parse().ok()),
        }
    }

    fn is_busy(&self) -> bool {
        self.load.is_some_and(|load| load > as_number(self.cores))
    }
}

fn processor_in(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[expect(clippy::cast_precision_loss, reason = "a number of cores is small")]
fn as_number(cores: usize) -> f64 {
    cores as f64
}

/// Both readings as text, with a warning where they make wall times doubtful.
pub(super) fn described(before: &Facts, after: &Facts) -> String {
    let load = |facts: &Facts| facts.load.map_or("unknown".to_owned(), |load| format!("{load:.2}"));
    let mut text = format!(
        "Machine: {} cores, {}; load average {} before, {} after.\n",
        before.cores,
        before.processor,
        load(before),
        load(after),
    );
    if before.is_busy() || after.is_busy() {
        let warning = "WARNING: more work than cores. Wall times are too long; CPU times and \
                       ratios suffer less. Repeat on a quiet machine before you decide by them.";
        writeln!(text, "\n{warning}").ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(load: f64) -> Facts {
        Facts { cores: 2, processor: "P".to_owned(), load: Some(load) }
    }

    #[test]
    fn a_busy_machine_is_warned_about_whenever_it_was_busy() {
        assert!(!described(&facts(0.5), &facts(2.0)).contains("WARNING"));
        assert!(described(&facts(0.5), &facts(2.1)).contains("WARNING"));
        assert!(described(&facts(3.0), &facts(0.1)).contains("WARNING"));
    }

    #[test]
    fn the_processor_is_named_as_the_kernel_names_it() {
        assert_eq!(processor_in("processor\t: 0\nmodel name\t: Some CPU\n"), Some("Some CPU"));
        assert_eq!(processor_in(""), None);
    }
}
