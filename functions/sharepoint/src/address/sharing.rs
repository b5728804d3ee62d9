//! Sharing links: keys, not addresses.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use graph::Id;
use url::Url;

/// A sharing link of a company's SharePoint. Whoever holds one may be let in, so it is never
/// shown, logged or kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SharingLink(Url);

impl SharingLink {
    pub(super) fn new(mut link: Url) -> Self {
        link.set_fragment(None);
        Self(link)
    }

    /// The link as Graph takes it; `None` when it is too long to be one.
    pub fn encoded(&self) -> Option<Id> {
        Id::try_from(format!("u!{}", URL_SAFE_NO_PAD.encode(self.0.as_str()))).ok()
    }
}

impl fmt::Debug for SharingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharingLink([redacted])")
    }
}
