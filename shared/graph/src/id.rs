//! Ids and paths that cannot be anything else once they stand in an address.

use platform::upstream::Segment;
use serde::{Deserialize, Serialize};

/// An id of a site, drive, item, list, row or page, as Graph hands them out.
///
/// Only the characters such ids are made of: no slash, no colon (which would start path
/// addressing), no dot segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

impl Id {
    /// The id of what Graph calls `root`: the root site, or the root folder of a drive.
    pub fn root() -> Self {
        Self("root".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const MAX_BYTES: usize = 512;
        if text.is_empty() || text.len() > MAX_BYTES {
            return Err("an id has 1 to 512 characters");
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '!' | ',' | '.' | '_' | '-');
        if !text.chars().all(fits) || text.chars().all(|c| c == '.') {
            return Err("an id has letters, digits and ! , . _ - only");
        }
        Ok(Self(text))
    }
}

impl TryFrom<&str> for Id {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::try_from(text.to_owned())
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

/// A path of names below a site or a drive; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPath(Vec<Segment>);

impl ItemPath {
    /// A path of these names, not encoded.
    ///
    /// # Errors
    /// When there is none, there are more than a hundred, or one of them is not a name.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'static str> {
        const MAX_NAMES: usize = 100;
        let names: Result<Vec<Segment>, _> =
            names.into_iter().map(|name| Segment::try_from(name.to_owned())).collect();
        let names = names?;
        if names.is_empty() || names.len() > MAX_NAMES {
            return Err("a path has 1 to 100 names");
        }
        if names.iter().any(|name| name.as_str().contains(':')) {
            return Err("a name has no colon");
        }
        Ok(Self(names))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Segment::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_place_in_an_address() {
        for bad in ["", ".", "..", "a/b", "root:", "a b", "a%2fb", "a?b", "a#b", "a'b", "ø"] {
            assert!(Id::try_from(bad).is_err(), "{bad}");
        }
        for good in ["root", "b!-x_Y", "contoso.sharepoint.com,1-2,3-4", "01ABC"] {
            assert!(Id::try_from(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_path_has_names_only() {
        assert!(ItemPath::new([]).is_err());
        assert!(ItemPath::new(["a", ".."]).is_err());
        assert!(ItemPath::new(["a:", "b"]).is_err());
        assert!(ItemPath::new(["100% O'Neill & Søn #7.docx"]).is_ok());
    }
}
