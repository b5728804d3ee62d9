//! Who is calling, proven: from the bearer token to a [`Caller`], and from a [`Caller`] to a
//! token for the upstream service (On-Behalf-Of).
//!
//! In reading order: [`EntraSettings`] says whom we trust, [`Bearer`] is what came with the
//! request, [`Verifier`] turns it into a [`Caller`] with keys from the [`KeyStore`],
//! [`OnBehalfOf`] exchanges the caller's token with our [`ClientCredentials`], and
//! [`Verdicts`] says what a failed exchange means for the person; [`Challenge`] is what an
//! unproven caller is told.

mod bearer;
mod caller;
mod challenge;
mod code_flow;
mod credential;
mod entra_settings;
mod keys;
mod obo;
mod reject;
mod token_endpoint;
mod upstream_token;
mod verdict;
mod verifier;

#[cfg(test)]
mod log_tests;
#[cfg(test)]
pub(crate) mod test_entra;

pub use bearer::{Bearer, BearerProblem};
pub use caller::Caller;
pub use challenge::Challenge;
pub(crate) use code_flow::code_challenge;
pub use code_flow::{AuthorizationRequest, CodeFlow, EntraTokens};
pub use credential::{ClientCredentials, Credential, CredentialProblem};
pub use entra_settings::{EntraSettings, TokenVersion};
pub use keys::{KeyProblem, KeyStore};
pub(crate) use obo::Flights;
pub use obo::{OboError, OnBehalfOf};
pub use reject::{Person, Reject};
pub use token_endpoint::{TokenEndpoint, TokenEndpointLimits};
pub(crate) use upstream_token::short_name;
pub use upstream_token::{ScopeSet, UpstreamToken};
pub use verdict::{Verdict, Verdicts};
pub use verifier::Verifier;
