//! Step functions and the texts they stand for, in the manner of Cucumber expressions: `{word}`,
//! `{string}` (in double quotes) and `{int}` are what a text gives to its function.

use std::fmt;
use std::pin::Pin;

use regex::Regex;

use crate::World;
use crate::story::{Step, Story};

/// A step function: goes on with the world, and panics where the story breaks.
pub(crate) type Function =
    for<'s, 'c> fn(&'s mut World<'c>, &'s Words) -> Pin<Box<dyn Future<Output = ()> + 's>>;

/// Lists step functions by their texts.
macro_rules! steps {
    ($($text:literal => $function:path,)*) => {
        vec![$($crate::definition::Definition::new($text, |world, words| {
            Box::pin($function(world, words))
        })),*]
    };
}
pub(crate) use steps;

/// What a step's text gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// The part at this place, from 0.
    pub(crate) fn text(&self, place: usize) -> &str {
        self.0.get(place).expect("the step has so many parts")
    }

    /// The same as a number.
    pub(crate) fn number(&self, place: usize) -> u32 {
        self.text(place).parse().expect("a number")
    }

    /// The same as a status of HTTP.
    pub(crate) fn status(&self, place: usize) -> u16 {
        self.text(place).parse().expect("a status")
    }
}

/// A text with its function.
pub(crate) struct Definition {
    text: &'static str,
    pattern: Regex,
    function: Function,
}

impl Definition {
    pub(crate) fn new(text: &'static str, function: Function) -> Self {
        let pattern = regex::escape(text)
            .replace(r"\{word\}", r#"([^\s"]+)"#)
            .replace(r"\{string\}", r#""([^"]*)""#)
            .replace(r"\{int\}", r"(\d+)");
        let pattern = Regex::new(&format!("^{pattern}$")).expect("an escaped text is a pattern");
        Self { text, pattern, function }
    }

    fn words(&self, text: &str) -> Option<Words> {
        let found = self.pattern.captures(text)?;
        let parts = found.iter().skip(1).flatten();
        Some(Words(parts.map(|part| part.as_str().to_owned()).collect()))
    }
}

/// All step functions.
pub struct Definitions(pub(crate) Vec<Definition>);

/// Why a suite is not run at all: one line for each problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit(Vec<String>);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Unfit {}

impl Definitions {
    /// Those of this crate.
    pub fn all() -> Self {
        Self(crate::steps::all())
    }

    /// Checks that each step of the stories is exactly one function's, and each function some
    /// step's.
    ///
    /// # Errors
    /// Names every step and every function of which that is not true.
    pub fn check(&self, stories: &[Story]) -> Result<(), Unfit> {
        let mut problems = Vec::new();
        let mut used = vec![false; self.0.len()];
        for story in stories {
            for step in &story.steps {
                let mut texts = Vec::new();
                for (definition, used) in self.0.iter().zip(&mut used) {
                    if definition.words(&step.text).is_some() {
                        *used = true;
                        texts.push(definition.text);
                    }
                }
                let problem = match texts.as_slice() {
                    [_] => continue,
                    [] => "no step function has this text".to_owned(),
                    several => format!("several have this text: {}", several.join(" | ")),
                };
                problems
                    .push(format!("{}, line {}: {}: {problem}", story.name, step.line, step.text));
            }
        }
        let idle = self.0.iter().zip(used).filter(|(_, used)| !used);
        problems.extend(idle.map(|(one, _)| format!("no scenario uses the step: {}", one.text)));
        if problems.is_empty() { Ok(()) } else { Err(Unfit(problems)) }
    }

    /// The function of a step, and what its text gives.
    pub(crate) fn find(&self, step: &Step) -> (Function, Words) {
        let mut found =
            self.0.iter().filter_map(|one| Some((one.function, one.words(&step.text)?)));
        found.next().expect("stories are checked before they are told")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::of_feature;

    async fn nothing(_: &mut World<'_>, _: &Words) {}

    fn problems(definitions: Vec<Definition>, steps: &str) -> String {
        let text = format!("@URS:Some\nFeature: F\n  Scenario: S\n    {steps}\n");
        let stories = of_feature("f", &text).unwrap();
        let checked = Definitions(definitions).check(&stories);
        checked.map_or_else(|unfit| unfit.to_string(), |()| String::new())
    }

    #[test]
    fn a_text_gives_its_words_texts_and_numbers() {
        let definition =
            Definition::new("{word} asks for {string} {int} times.", |world, words| {
                Box::pin(nothing(world, words))
            });
        let words = definition.words("ann asks for \"the budget\" 12 times.").unwrap();
        assert_eq!((words.text(0), words.text(1), words.number(2)), ("ann", "the budget", 12));
        for other in ["ann asks for budget 12 times.", "so ann asks for \"b\" 1 times.", ""] {
            assert_eq!(definition.words(other), None, "{other}");
        }
    }

    #[test]
    fn an_unknown_step_stops_the_run_and_is_named_with_its_line() {
        let problem = problems(steps! { "a door" => nothing, }, "Given a door\n    Then it opens");
        assert_eq!(problem, "f: S, line 5: it opens: no step function has this text");
    }

    #[test]
    fn a_step_with_two_functions_stops_the_run() {
        let two = steps! { "a door" => nothing, "a {word}" => nothing, };
        let problem = problems(two, "Then a door");
        assert!(problem.contains("several have this text: a door | a {word}"), "{problem}");
    }

    #[test]
    fn a_function_that_no_scenario_uses_is_named() {
        let two = steps! { "a door" => nothing, "a window" => nothing, };
        assert_eq!(problems(two, "Then a door"), "no scenario uses the step: a window");
    }
}
