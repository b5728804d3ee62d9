//! Reading, end to end: files of every kind, labels on every way to them, files that lie, and what
//! changes while somebody reads.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod bench;
mod changes;
mod cursors;
mod facts;
mod hostile;
mod kinds;
mod pages;
mod records;
mod resources;
mod sheets;
mod withheld;
