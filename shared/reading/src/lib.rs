#![doc = include_str!("../README.md")]

pub mod kind;
pub mod label;
pub mod limits;
pub mod part;
pub mod reading;
pub mod sandbox;
pub mod unreadable;

mod address;
mod archive;
mod clean;
mod encoding;
mod formats;
mod markdown;
mod read;
mod relations;
mod writer;
mod xml;

#[cfg(test)]
mod compared;
#[cfg(test)]
mod testing;

pub use kind::Kind;
pub use label::{LabelEvidence, LabelMark};
pub use limits::Limits;
pub use part::{Cells, Part, Span};
pub use read::read;
pub use reading::{Extract, Heading, Note, Passage, Place, Position, Reading, Request};
pub use sandbox::{ReadError, Reader, child_or};
pub use unreadable::Unreadable;
