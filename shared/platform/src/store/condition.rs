//! What must hold of an item before it is changed.

use super::{Item, Value};

/// What must hold of a live item before it is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// That it is there.
    Live,
    /// The attribute has this value.
    Equals(String, Value),
    /// The attribute is not set.
    Missing(String),
    /// The attribute is a number that is not above this one.
    AtMost(String, i64),
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
}

impl Condition {
    /// The attribute has this number.
    pub fn number(name: &str, number: i64) -> Self {
        Self::Equals(name.to_owned(), Value::Number(number))
    }

    /// Whether it holds of this item.
    pub(super) fn holds(&self, item: &Item) -> bool {
        match self {
            Self::Live => true,
            Self::Equals(name, value) => item.attributes.get(name) == Some(value),
            Self::Missing(name) => !item.attributes.contains_key(name),
            Self::AtMost(name, limit) => item.number(name).is_some_and(|n| n <= *limit),
            Self::All(all) => all.iter().all(|one| one.holds(item)),
            Self::Any(any) => any.iter().any(|one| one.holds(item)),
        }
    }
}
