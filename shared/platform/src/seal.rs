//! Encrypts and authenticates what leaves the process and comes back: cache items, grants,
//! cursors, cookies, and the digests of the audit record.
//!
//! A sealed text opens only for the purpose, the owner and the place it was sealed for: all of
//! that is its [`Binding`]. Whatever does not open is [`Opened::Refused`], which callers treat
//! as "not there"; nothing is ever passed through unopened.

mod binding;
mod hash;
mod keyring;
mod live;
mod mac;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use binding::push_part;
pub use binding::{Binding, Purpose};
pub(crate) use hash::sha256;
pub use keyring::{Keyring, Opened, SealFailed};
pub use live::LiveKeyring;
pub use mac::Mac;
pub use text::MAX_TEXT_BYTES;
