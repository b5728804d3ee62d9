//! Every step function, one file a feature.

mod calls;
mod conditional_access;
mod connector;
mod consent;
mod oauth_authentication;
mod on_behalf_of;
mod reading;
mod refresh;
mod registration;
mod secrets;
mod storage;

use crate::definition::Definition;

/// All of them.
pub(crate) fn all() -> Vec<Definition> {
    [
        calls::steps(),
        connector::steps(),
        oauth_authentication::steps(),
        registration::steps(),
        consent::steps(),
        on_behalf_of::steps(),
        refresh::steps(),
        conditional_access::steps(),
        secrets::steps(),
        storage::steps(),
        reading::steps(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
