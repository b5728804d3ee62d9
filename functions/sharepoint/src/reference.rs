//! What we call things: `sp:file:{drive}/{item}` and the like. A reference holds ids only, so it
//! can be shown, stored and sent back; what it opens is decided by Graph, for each person.

use std::fmt;
use std::str::FromStr;

use graph::Id;

/// A thing in SharePoint or OneDrive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields are ids")]
pub enum Reference {
    /// A file.
    File { drive: Id, item: Id },
    /// A folder.
    Folder { drive: Id, item: Id },
    /// A library.
    Drive { drive: Id },
    /// A site.
    Site { site: Id },
    /// A list.
    List { site: Id, list: Id },
    /// A site page.
    Page { site: Id, page: Id },
    /// A row of a list.
    Row { site: Id, list: Id, row: Id },
}

impl Reference {
    /// One word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File { .. } => "file",
            Self::Folder { .. } => "folder",
            Self::Drive { .. } => "drive",
            Self::Site { .. } => "site",
            Self::List { .. } => "list",
            Self::Page { .. } => "page",
            Self::Row { .. } => "row",
        }
    }

    /// Its ids, as the audit record has them.
    pub fn ids(&self) -> String {
        let ids: Vec<&str> = match self {
            Self::File { drive, item } | Self::Folder { drive, item } => {
                vec![drive.as_str(), item.as_str()]
            }
            Self::Drive { drive } => vec![drive.as_str()],
            Self::Site { site } => vec![site.as_str()],
            Self::List { site, list } => vec![site.as_str(), list.as_str()],
            Self::Page { site, page } => vec![site.as_str(), page.as_str()],
            Self::Row { site, list, row } => vec![site.as_str(), list.as_str(), row.as_str()],
        };
        ids.join("/")
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sp:{}:{}", self.kind(), self.ids())
    }
}

impl FromStr for Reference {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const PROBLEM: &str = "not a reference; use `ref` of a result as it is";
        let (kind, ids) =
            text.strip_prefix("sp:").and_then(|rest| rest.split_once(':')).ok_or(PROBLEM)?;
        let ids: Result<Vec<Id>, _> = ids.split('/').map(Id::try_from).collect();
        let mut ids = ids.map_err(|_| PROBLEM)?.into_iter();
        let found = match (kind, ids.next(), ids.next(), ids.next()) {
            ("file", Some(drive), Some(item), None) => Self::File { drive, item },
            ("folder", Some(drive), Some(item), None) => Self::Folder { drive, item },
            ("drive", Some(drive), None, None) => Self::Drive { drive },
            ("site", Some(site), None, None) => Self::Site { site },
            ("list", Some(site), Some(list), None) => Self::List { site, list },
            ("page", Some(site), Some(page), None) => Self::Page { site, page },
            ("row", Some(site), Some(list), Some(row)) => Self::Row { site, list, row },
            _ => return Err(PROBLEM),
        };
        if ids.next().is_some() { Err(PROBLEM) } else { Ok(found) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_a_reference_is_refused() {
        for bad in [
            "sp:file:a",
            "sp:file:a/b/c",
            "sp:file:a/..",
            "sp:file:a/root:",
            "sp:nothing:a",
            "file:a/b",
            "sp:row:a/b",
            "sp:row:a/b/c/d",
            "sp:site:",
            "sp:file:a/b?x=1",
            "sp:file:a%2fb/c",
        ] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_reference_comes_back_as_it_went(
            kind in prop::sample::select(vec!["file", "folder", "list", "page"]),
            a in "[A-Za-z0-9!_-]{1,40}", b in "[A-Z0-9]{1,40}",
        ) {
            let text = format!("sp:{kind}:{a}/{b}");
            let reference: Reference = text.parse().unwrap();
            prop_assert_eq!(reference.to_string(), text);
            prop_assert_eq!(reference.kind(), kind);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
            let _ = text.parse::<Reference>();
            let _ = format!("sp:{text}").parse::<Reference>();
        }
    }
}
