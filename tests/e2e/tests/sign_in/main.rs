//! People sign in with programs that others wrote, told against the real connector: engines in the
//! place of Entra, libraries and clients in the place of the assistant, a real browser.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "these are tests"
)]

mod assistants;
mod authorize;
mod callback;
mod client_keys;
mod codes;
mod consent;
mod documents;
mod doors;
mod foreign_tenant;
mod instances;
mod metadata_documents;
mod msal;
mod own_client;
mod real_browser;
mod redirects;
mod refresh;
mod registration;
mod revocation;
mod rmcp_client;
mod seen;
mod tokens;
mod writes;
