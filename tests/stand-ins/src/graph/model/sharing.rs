//! Who may see things, and by which links.

use crate::company::{Group, Person};

/// Who may see a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Members of any of these groups.
    pub groups: Vec<Group>,
    /// These people, by object id.
    pub people: Vec<String>,
}

impl Access {
    /// Members of one group.
    pub fn group(group: Group) -> Self {
        Self { groups: vec![group], people: Vec::new() }
    }

    /// People named one by one.
    pub fn people(oids: &[&str]) -> Self {
        Self { groups: Vec::new(), people: oids.iter().map(|oid| (*oid).to_owned()).collect() }
    }

    /// Whether this person is among them.
    pub fn allows(&self, person: &Person) -> bool {
        self.people.iter().any(|oid| oid == person.oid)
            || person.groups.iter().any(|group| self.groups.contains(group))
    }
}

/// A sharing link.
#[derive(Clone, Debug)]
pub struct Link {
    /// For whom it works.
    pub scope: Scope,
    /// Whether it allows changes.
    pub edit: bool,
    /// When it runs out.
    pub expires: Option<String>,
}

/// For whom a sharing link works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whoever has it.
    Anonymous,
    /// Everyone who works here.
    Organization,
    /// These people, by object id.
    Users(Vec<String>),
}

impl Scope {
    /// The word on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Organization => "organization",
            Self::Users(_) => "users",
        }
    }

    /// Whether it is meant for this person.
    pub fn includes(&self, person: &Person) -> bool {
        match self {
            Self::Anonymous => true,
            Self::Organization => !person.groups.is_empty(),
            Self::Users(people) => people.iter().any(|oid| oid == person.oid),
        }
    }
}
