//! Reading: from `.feature` files to stories that can be told one by one.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use gherkin::{Examples, Feature, GherkinEnv, Scenario, StepType};

/// The tag by which a requirement finds its scenarios.
const REQUIREMENT: &str = "URS:";

/// One scenario with its examples filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The feature's file without its ending, the scenario's name and its example.
    pub name: String,
    /// Its tags and those of its feature and examples, without `@`.
    pub tags: Vec<String>,
    /// What happens, in order; those of the background come first.
    pub steps: Vec<Step>,
}

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its text without the keyword.
    pub text: String,
    /// Where it stands.
    pub line: usize,
}

impl Story {
    /// Whether it has this tag.
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }
}

/// Every story of a folder of `.feature` files, in the order of their names.
///
/// # Errors
/// When a file cannot be read, does not parse, has no `@URS:` tag, or a scenario checks nothing.
pub fn stories(folder: &Path) -> anyhow::Result<Vec<Story>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "feature"));
    files.sort();
    ensure!(!files.is_empty(), "{} holds no feature", folder.display());
    let mut all: Vec<Story> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = of_feature(&stem, &text).with_context(|| file.display().to_string())?;
        all.extend(read);
    }
    for (place, story) in all.iter().enumerate() {
        let twin = all.iter().skip(place + 1).any(|other| other.name == story.name);
        ensure!(!twin, "two scenarios are called {:?}", story.name);
    }
    Ok(all)
}

/// The stories of one feature.
///
/// # Errors
/// When it does not parse, has no `@URS:` tag, or a scenario checks nothing.
pub(crate) fn of_feature(stem: &str, text: &str) -> anyhow::Result<Vec<Story>> {
    let feature = Feature::parse(text, GherkinEnv::default())?;
    let tagged = feature.tags.iter().any(|tag| tag.starts_with(REQUIREMENT));
    ensure!(tagged, "the feature has no @{REQUIREMENT} tag");
    ensure!(feature.rules.is_empty(), "rules are not read: write a feature of its own");
    let mut stories = Vec::new();
    for scenario in &feature.scenarios {
        stories.extend(of_scenario(stem, &feature, scenario).context(scenario.name.clone())?);
    }
    Ok(stories)
}

fn of_scenario(stem: &str, feature: &Feature, scenario: &Scenario) -> anyhow::Result<Vec<Story>> {
    let checks = scenario.steps.iter().any(|step| step.ty == StepType::Then);
    ensure!(checks, "a scenario without a Then checks nothing");
    let whole = Example { suffix: String::new(), tags: &[], cells: Vec::new() };
    let examples = match scenario.examples.as_slice() {
        [] => vec![whole],
        tables => tables.iter().map(rows).collect::<anyhow::Result<Vec<_>>>()?.concat(),
    };
    let tell = |example: Example<'_>| {
        let background = feature.background.iter().flat_map(|background| &background.steps);
        let mut steps = Vec::new();
        for step in background.chain(&scenario.steps) {
            let plain = step.docstring.is_none() && step.table.is_none();
            ensure!(plain, "steps take no tables and no texts of several lines");
            steps.push(Step { text: example.filled_in(&step.value)?, line: step.position.line });
        }
        let tags = [&feature.tags, &scenario.tags].into_iter().flatten().chain(example.tags);
        Ok(Story {
            name: format!("{stem}: {}{}", scenario.name, example.suffix),
            tags: tags.cloned().collect(),
            steps,
        })
    };
    examples.into_iter().map(tell).collect()
}

#[derive(Clone)]
struct Example<'a> {
    suffix: String,
    tags: &'a [String],
    /// Column and value.
    cells: Vec<(&'a str, &'a str)>,
}

fn rows(examples: &Examples) -> anyhow::Result<Vec<Example<'_>>> {
    let table = examples.table.as_ref().context("examples without a table")?;
    let (head, rows) = table.rows.split_first().context("examples without a head")?;
    ensure!(!rows.is_empty(), "examples without a row");
    let example = |row: &'_ Vec<String>| Example {
        suffix: format!(" ({})", row.join(", ")),
        tags: &examples.tags,
        cells: Vec::new(),
    };
    Ok(rows
        .iter()
        .map(|row| {
            let cells = head.iter().map(String::as_str).zip(row.iter().map(String::as_str));
            Example { cells: cells.collect(), ..example(row) }
        })
        .collect())
}

impl Example<'_> {
    fn filled_in(&self, text: &str) -> anyhow::Result<String> {
        let filled = self.cells.iter().fold(text.to_owned(), |text, (column, value)| {
            text.replace(&format!("<{column}>"), value)
        });
        if filled.contains('<') {
            bail!("no example has what this step wants: {filled}");
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> anyhow::Result<Vec<Story>> {
        of_feature("f", &format!("@URS:Some\nFeature: F\n{body}"))
    }

    #[test]
    fn a_row_of_the_examples_is_a_story_of_its_own() {
        let stories = read(
            "  Background:\n    Given a door\n\n  @slow\n  Scenario Outline: Colours\n    \
             When it is <colour>\n    Then it has <n> sides\n\n    Examples:\n      \
             | colour | n |\n      | red | 3 |\n      | blue | 4 |\n",
        )
        .unwrap();
        let texts = |story: &Story| story.steps.iter().map(|s| s.text.clone()).collect::<Vec<_>>();
        assert_eq!(stories.len(), 2);
        assert_eq!(stories[0].name, "f: Colours (red, 3)");
        assert_eq!(texts(&stories[1]), ["a door", "it is blue", "it has 4 sides"]);
        assert!(stories[0].has("slow") && stories[0].has("URS:Some") && !stories[0].has("smoke"));
    }

    #[test]
    fn a_scenario_that_checks_nothing_is_refused() {
        let problem = read("  Scenario: S\n    Given a door\n    When it opens\n").unwrap_err();
        assert!(format!("{problem:#}").contains("without a Then"), "{problem:#}");
    }

    #[test]
    fn a_feature_without_a_requirement_is_refused() {
        let text = "Feature: F\n  Scenario: S\n    Then it is well\n";
        let problem = of_feature("f", text).unwrap_err().to_string();
        assert!(problem.contains("@URS:"), "{problem}");
    }

    #[test]
    fn a_placeholder_that_no_example_fills_is_refused() {
        let problem = read("  Scenario: S\n    Then it is <colour>\n").unwrap_err();
        assert!(format!("{problem:#}").contains("<colour>"), "{problem:#}");
    }
}
