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

/// What forms leave as it is; unlike them, a space is encoded like everything else.
const OPTION: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

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
    /// Whether every part of the path is a segment of its own: the `url` crate drops dot
    /// segments, and does so encoded or not.
    pub(super) fn stays_in_its_segments(&self) -> bool {
        self.path.iter().all(|segment| is_segment(segment))
    }

    /// The address below this base; what is no segment is left out of it.
    pub fn url(&self, base: &Url) -> Url {
        let mut path = base.path().trim_end_matches('/').to_owned();
        self.push_path(&mut path);
        let mut url = base.clone();
        url.set_path(&path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query.iter());
        }
        url
    }

    /// The same address below the base, for the body of another request: there nobody promises
    /// that a plus sign is a space.
    pub fn relative(&self) -> String {
        let mut address = String::new();
        self.push_path(&mut address);
        let mut before = '?';
        for (name, value) in &self.query {
            address.push(before);
            address.extend(utf8_percent_encode(name, OPTION));
            address.push('=');
            address.extend(utf8_percent_encode(value, OPTION));
            before = '&';
        }
        address
    }

    fn push_path(&self, to: &mut String) {
        for segment in self.path.iter().filter(|segment| is_segment(segment)) {
            to.push('/');
            to.extend(utf8_percent_encode(segment, SEGMENT));
        }
    }
}

fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
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
        if !is_segment(&text) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "https://graph.example.com/v1.0";

    fn request<'a>(path: &[&'a str], query: &[(&'a str, &'a str)]) -> Request<'a> {
        Request {
            operation: "test",
            path: path.iter().map(|segment| Cow::Borrowed(*segment)).collect(),
            query: query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            headers: Vec::new(),
            body: Body::None,
            max_bytes: 1,
        }
    }

    fn decoded(url: &Url) -> Vec<String> {
        let text = |part| percent_encoding::percent_decode_str(part).decode_utf8().unwrap();
        url.path_segments().unwrap().map(|part| text(part).into_owned()).collect()
    }

    proptest! {
        #[test]
        fn no_value_leaves_its_segment_or_its_query_option(
            one in any::<String>(),
            two in r"[./\\%?#&=+;:@ a-z0-9\t\n]{0,12}",
            value in any::<String>(),
        ) {
            let request = request(&["sites", &one, "drives", &two], &[("$search", &value)]);
            let url = request.url(&Url::parse(BASE).unwrap());

            prop_assert_eq!(url.origin(), Url::parse(BASE).unwrap().origin());
            prop_assert!(url.fragment().is_none() && url.username().is_empty());
            let query: Vec<_> = url.query_pairs().into_owned().collect();
            prop_assert_eq!(query, vec![("$search".to_owned(), value.clone())]);
            let mut expected = ["v1.0", "sites", &one, "drives", &two].map(str::to_owned).to_vec();
            if !request.stays_in_its_segments() {
                expected.retain(|segment| is_segment(segment));
            }
            prop_assert_eq!(decoded(&url), expected);
            let address = url.as_str().strip_prefix(BASE).unwrap().replace('+', "%20");
            prop_assert_eq!(request.relative(), address);
        }
    }

    #[test]
    fn a_dot_segment_does_not_climb_and_is_not_sent() {
        for path in [&["sites", "..", "drive"], &["sites", ".", "drive"], &["sites", "", "drive"]] {
            let request = request(path, &[]);
            assert!(!request.stays_in_its_segments(), "{path:?}");
            let url = request.url(&Url::parse(BASE).unwrap());
            assert_eq!(url.as_str(), format!("{BASE}/sites/drive"));
        }
        for name in ["%2e%2e", "%2E", "..%2f", "...", ".hidden"] {
            let request = request(&["sites", name], &[]);
            assert!(request.stays_in_its_segments());
            assert_eq!(decoded(&request.url(&Url::parse(BASE).unwrap())), ["v1.0", "sites", name]);
        }
    }

    #[test]
    fn a_segment_is_a_name() {
        for text in ["", ".", "..", "a\nb", "a\0", "\u{85}", &"x".repeat(1025)] {
            assert!(Segment::try_from(text.to_owned()).is_err(), "{text:?}");
        }
        for text in ["...", "a/b", "Zürich 2026 #1.docx", &"x".repeat(1024)] {
            assert_eq!(Segment::try_from(text.to_owned()).unwrap().as_str(), text);
        }
    }
}
