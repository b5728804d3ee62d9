//! Why a file could not be read.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// Why a file could not be read. The text is for the person, and says what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Unreadable {
    /// A password or rights management protects it.
    #[error("this file is protected by a password or encryption; open it in its own program")]
    Protected,
    /// It has no bytes.
    #[error("this file is empty")]
    Empty,
    /// Nothing here reads this kind.
    #[error("a file of this kind ({}) has no text that could be read here; open its link", kind.name())]
    Unsupported {
        /// What it is.
        kind: Kind,
    },
    /// It is larger than what is read.
    #[error("this file is larger than {} MB, the most that is read here; open its link", max_bytes / (1024 * 1024))]
    TooLarge {
        /// The most that is read, in bytes.
        max_bytes: u64,
    },
    /// Its bytes are not what its kind demands.
    #[error(
        "this file is damaged and could not be read; open its link, or ask its owner for another copy"
    )]
    Damaged,
    /// It asked for more memory, time or depth than any honest file does, or broke its reader.
    #[error("this file could not be read safely; open its link instead")]
    Unsafe,
    /// The asked part is not in it.
    #[error("this file has no such part: {available}")]
    NoSuchPart {
        /// What there is instead; names in it are content.
        available: String,
    },
    /// Reading took longer than the call has.
    #[error("reading this file took too long; ask for fewer pages, one sheet or one slide")]
    TimedOut,
    /// As many files as may be are being read.
    #[error("too many files are being read at the moment; try again in a minute")]
    Busy,
    /// The child could not be started, or its pipe broke.
    #[error("files cannot be read at the moment; try again in a minute")]
    Unavailable,
}

impl From<std::io::Error> for Unreadable {
    fn from(_: std::io::Error) -> Self {
        Self::Damaged
    }
}
