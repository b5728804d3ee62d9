//! Who is calling, proven: from the bearer token to a [`Caller`], and from a [`Caller`] to a
//! token for the upstream service (On-Behalf-Of).

mod caller;
mod upstream_token;

pub use caller::Caller;
pub use upstream_token::{ScopeSet, UpstreamToken};
