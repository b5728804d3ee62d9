//! The one table of what the stand-in accepts: method, path, query options, headers and scopes.

mod table;

pub use table::TABLE;

use http::Method;

/// A name for every operation of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table says what each operation is")]
pub enum Id {
    Me,
    MeDrive,
    SitesSearch,
    SitesGet,
    SitesGetByPath,
    SitesFollowed,
    SitesSubsites,
    SiteDrives,
    SiteDriveDefault,
    DriveGet,
    DriveRoot,
    ItemGet,
    ItemGetByPath,
    ItemChildren,
    ItemChildrenByPath,
    ItemListItem,
    ItemContent,
    ItemVersions,
    ItemVersionContent,
    ItemPermissions,
    ItemExtractLabels,
    DriveSearch,
    DriveDelta,
    SiteLists,
    ListGet,
    ListColumns,
    ListItems,
    ListItemGet,
    ListItemsDelta,
    SitePages,
    SitePageGet,
    SensitivityLabels,
    MySensitivityLabels,
    SearchQuery,
    ShareDriveItem,
    Batch,
    Download,
}

impl Id {
    /// Its name in snake case.
    pub fn name(self) -> &'static str {
        if self == Self::Download {
            return "download";
        }
        TABLE.iter().find(|row| row.id == self).map_or("none", |row| row.name)
    }
}

/// One operation that the stand-in answers.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Which one.
    pub id: Id,
    /// Its name in snake case.
    pub name: &'static str,
    /// The only method it takes.
    pub method: Verb,
    /// Path template below `/v1.0`.
    pub path: &'static str,
    /// Query options it knows.
    pub query: &'static [&'static str],
    /// Request headers it acts on.
    pub headers: &'static [&'static str],
    /// Any one of these delegated scopes is enough.
    pub scopes: &'static [&'static str],
}

/// The two methods that reading needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Reads with a body, or an action that changes nothing.
    Post,
}

impl Verb {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    /// Whether a request uses this method.
    pub fn is(self, method: &Method) -> bool {
        method.as_str() == self.as_str()
    }
}

/// An operation found for a path, with the path's variable parts decoded, in order.
#[derive(Debug)]
pub struct Found {
    /// The operation.
    pub operation: &'static Operation,
    /// Its variables.
    pub vars: Vec<String>,
}

/// Finds the operations that a path below `/v1.0` names, whatever the method.
///
/// # Errors
/// The first segment of the path that no operation has at that place.
pub fn find(path: &str) -> Result<Vec<Found>, String> {
    let segments = split(path);
    let mut found = Vec::new();
    let mut deepest = 0;
    for operation in TABLE {
        let template = split(operation.path);
        let mut vars = Vec::new();
        let matched = walk(&template, &segments, &mut vars);
        deepest = deepest.max(matched);
        if matched == segments.len() && template.len() == segments.len() {
            found.push(Found { operation, vars });
        }
    }
    if found.is_empty() {
        let wrong = segments.get(deepest).or(segments.last());
        return Err(wrong.map(|segment| decode(segment)).unwrap_or_default());
    }
    // `items/delta` is a word of the template before it is anyone's id.
    found.sort_by_key(|found| found.vars.len());
    Ok(found)
}

/// Percent-decodes one path segment.
pub fn decode(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Splits a path at `/`, keeping `name:/a/b:` addressing as `name:`, `a/b`, and what follows.
fn split(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let Some((before, after)) = path.split_once(":/") else {
        return path.split('/').collect();
    };
    let mut segments: Vec<&str> = before.split('/').collect();
    segments.push(":");
    match after.split_once(":/") {
        Some((inside, rest)) => {
            segments.push(inside);
            segments.push(":");
            segments.extend(rest.split('/'));
        }
        None => segments.push(after.strip_suffix(':').unwrap_or(after)),
    }
    segments
}

/// How many leading segments agree with the template; collects the variables.
fn walk(template: &[&str], segments: &[&str], vars: &mut Vec<String>) -> usize {
    for (index, segment) in segments.iter().enumerate() {
        let Some(expected) = template.get(index) else {
            return index;
        };
        if expected.starts_with('{') {
            if segment.is_empty() {
                return index;
            }
            vars.push(decode(segment));
        } else if let Some(function) = expected.strip_suffix("{q}')") {
            let decoded = decode(segment);
            let Some(inner) = decoded.strip_prefix(function) else {
                return index;
            };
            let Some(inner) = inner.strip_suffix("')") else {
                return index;
            };
            vars.push(inner.to_owned());
        } else if expected != segment {
            return index;
        }
    }
    segments.len()
}
