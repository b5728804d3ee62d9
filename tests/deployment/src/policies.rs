//! Who may do what, read from a plan and judged: no role reaches another connector's things, no
//! wildcard and no statement stands outside the written lists, no role is without a boundary.

mod document;
mod judge;
mod lists;
mod things;

use std::fmt;

pub use document::{Statement, statements};
pub use judge::findings;
pub use lists::{Lists, Neutral};
pub use things::{Thing, things};

/// Something that a plan should not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// A policy that is known only after it was applied, or that is none.
    Unreadable {
        /// The resource.
        address: String,
    },
    /// A statement that `infra/statements.json` does not have.
    Unplanned {
        /// Who it belongs to.
        holder: String,
        /// The statement, as the list would have it.
        statement: String,
    },
    /// A wildcard that `infra/wildcards.json` gives no reason for.
    Wildcard {
        /// Who it belongs to.
        holder: String,
        /// The statement's id.
        sid: String,
        /// The action or resource.
        wildcard: String,
    },
    /// A role of one connector that reaches something of another.
    Reaches {
        /// The role.
        holder: String,
        /// The statement's id.
        sid: String,
        /// What it reaches.
        thing: String,
    },
    /// A use of the key that is not bound to what is decrypted.
    UnboundKey {
        /// Who it belongs to.
        holder: String,
        /// The statement's id.
        sid: String,
    },
    /// A role without a permissions boundary.
    Unbounded {
        /// The role.
        holder: String,
    },
    /// A policy that names what it leaves out, or that is somebody else's.
    Indirect {
        /// The resource, and what it says.
        what: String,
    },
    /// A policy that AWS refuses for its length.
    TooLong {
        /// Who it belongs to, and how long it is.
        what: String,
    },
    /// An entry of a list that nothing in the plan needs.
    Idle {
        /// The list and the entry.
        entry: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { address } => {
                write!(formatter, "{address}: its policy is not known in the plan")
            }
            Self::Unplanned { holder, statement } => {
                write!(formatter, "{holder}: infra/statements.json does not have {statement}")
            }
            Self::Wildcard { holder, sid, wildcard } => {
                let advice = "infra/wildcards.json gives no reason for";
                write!(formatter, "{holder}/{sid}: {advice} `{wildcard}`")
            }
            Self::Reaches { holder, sid, thing } => {
                write!(formatter, "{holder}/{sid}: reaches {thing}")
            }
            Self::UnboundKey { holder, sid } => {
                write!(formatter, "{holder}/{sid}: decrypts whatever it likes")
            }
            Self::Unbounded { holder } => {
                write!(formatter, "{holder}: has no permissions boundary")
            }
            Self::Indirect { what } => write!(formatter, "{what}: name what is allowed"),
            Self::TooLong { what } => write!(formatter, "{what}: AWS refuses it"),
            Self::Idle { entry } => write!(formatter, "{entry}: nothing needs it; take it out"),
        }
    }
}
