//! A request whose path is given segment by segment, so that no value can leave its segment.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Everything but letters, digits and what RFC 3986 lets stand in a segment and Graph expects
/// there (`!`, `:`, `,`, `(`, `)`, `'`, `=`, `$`).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b':')
    .remove(b',')
    .remove(b'(')
    .remove(b')')
    .remove(b'\'')
    .remove(b'=')
    .remove(b'$');

/// One request to an upstream service.
pub struct Request<'a> {
    /// Name of the operation, for the log.
    pub operation: &'static str,
    /// Path below the base address, one entry per segment, not yet encoded.
    pub path: Vec<Cow<'a, str>>,
    /// Query parameters, not yet encoded.
    pub query: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body; with one the method is POST, without it GET.
    pub body: Body,
    /// The largest answer that is read, in bytes.
    pub max_bytes: usize,
}

/// A request's body.
pub enum Body {
    /// None: a GET.
    None,
    /// JSON: a POST.
    Json(serde_json::Value),
}

impl Request<'_> {
    /// The address below this base.
    pub fn url(&self, base: &Url) -> Url {
        let mut path = base.path().trim_end_matches('/').to_owned();
        for segment in &self.path {
            path.push('/');
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        let mut url = base.clone();
        url.set_path(&path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query.iter());
        }
        url
    }
}

/// A path segment that names one thing: not empty, not `.` or `..`, no control characters.
///
/// The `url` crate drops dot segments silently, so `sites/../drive` would become `sites/drive`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Segment(String);

impl Segment {
    /// The text, not encoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Segment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const MAX_BYTES: usize = 1024;
        if text.is_empty() || text == "." || text == ".." {
            return Err("an id is not empty and not a dot segment");
        }
        if text.len() > MAX_BYTES || text.chars().any(char::is_control) {
            return Err("an id has no control characters and at most 1,024 bytes");
        }
        Ok(Self(text))
    }
}

impl From<Segment> for String {
    fn from(segment: Segment) -> Self {
        segment.0
    }
}
