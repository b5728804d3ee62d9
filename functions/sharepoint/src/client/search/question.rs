//! The question to Microsoft Search, and the check that an answer fits it.

use graph::model::{DriveItem, IdentitySet, ListItem};
use graph::text::{fenced, phrase};
use jiff::Timestamp;
use platform::{Call, ToolError};
use serde_json::{Value, json};

use super::super::{Client, select};
use super::{Found, Thing};
use crate::address::{Address, has_ending, is_below};
use crate::model::{Kind, Search, SearchSort};
use crate::reference::Reference;

const MAX_FILE_TYPES: usize = 20;
const PAGES: &str = "contentclass:STS_ListItem_WebPageLibrary";

/// The body of the request. What the person typed stands inside parentheses; our own restrictions
/// stand outside, where it cannot reach them.
pub(super) fn body(
    args: &Search,
    start: Option<&str>,
    from: usize,
    size: usize,
) -> Result<Value, ToolError> {
    let typed = fenced(&args.query);
    let typed = if typed.is_empty() { "*".to_owned() } else { typed };
    let mut template = "({searchTerms})".to_owned();
    for clause in clauses(args, start)? {
        template.push_str(" AND ");
        template.push_str(&clause);
    }
    let mut request = json!({
        "entityTypes": entity_types(&args.kinds)?,
        "query": {"queryString": typed, "queryTemplate": template},
        "from": from,
        "size": size,
    });
    if args.sort == SearchSort::Modified
        && let Some(request) = request.as_object_mut()
    {
        let newest = json!([{"name": "lastModifiedDateTime", "isDescending": true}]);
        request.insert("sortProperties".to_owned(), newest);
    }
    Ok(json!({"requests": [request]}))
}

fn entity_types(kinds: &[Kind]) -> Result<Vec<&'static str>, ToolError> {
    let mut types: Vec<&'static str> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::File | Kind::Folder => "driveItem",
            Kind::Page | Kind::ListItem => "listItem",
            Kind::Site => "site",
        })
        .collect();
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Err(ToolError::invalid("kinds", "name at least one kind"));
    }
    Ok(types)
}

fn clauses(args: &Search, start: Option<&str>) -> Result<Vec<String>, ToolError> {
    let mut clauses = Vec::new();
    let has = |kind: Kind| args.kinds.contains(&kind);
    if !has(Kind::Folder) && !has(Kind::ListItem) && !has(Kind::Site) {
        clauses.push(match (has(Kind::File), has(Kind::Page)) {
            (true, true) => format!("(isDocument:1 OR {PAGES})"),
            (true, false) => "isDocument:1".to_owned(),
            (false, _) => PAGES.to_owned(),
        });
    }
    if let Some(start) = start {
        clauses.push(format!("path:{}", phrase(start)));
    }
    if args.file_types.len() > MAX_FILE_TYPES {
        return Err(ToolError::invalid("file_types", "at most 20 endings"));
    }
    let types: Result<Vec<String>, ToolError> = args
        .file_types
        .iter()
        .map(|ending| Ok(format!("filetype:{}", file_type(ending)?)))
        .collect();
    let types = types?;
    if !types.is_empty() {
        clauses.push(format!("({})", types.join(" OR ")));
    }
    if let Some(author) = args.author.as_deref().filter(|author| !author.trim().is_empty()) {
        clauses.push(format!("author:{}", phrase(author)));
    }
    // Days are enough for the index; the exact moment is checked on what comes back.
    if let Some(after) = args.modified_after {
        clauses.push(format!("LastModifiedTime>={}", after.date()));
    }
    if let Some(before) = args.modified_before {
        let day = before.date().tomorrow().unwrap_or(before.date());
        clauses.push(format!("LastModifiedTime<{day}"));
    }
    Ok(clauses)
}

fn file_type(ending: &str) -> Result<String, ToolError> {
    const MAX_CHARS: usize = 10;
    let ending = ending.trim().trim_start_matches('.').to_ascii_lowercase();
    let fits = !ending.is_empty()
        && ending.len() <= MAX_CHARS
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits {
        Ok(ending)
    } else {
        Err(ToolError::invalid("file_types", "endings such as docx or pdf"))
    }
}

/// Whether a hit meets every filter, by what it says itself.
pub(in crate::client) fn fits(args: &Search, start: Option<&str>, found: &Found<'_>) -> bool {
    let facts = match &found.thing {
        Thing::File(item, _) => Facts::of_item(item),
        Thing::Row(row, _) => Facts::of_row(row),
        Thing::Site(site) => {
            return start.is_none_or(|start| {
                site.url.as_deref().is_none_or(|url| is_below(url, start) || is_below(start, url))
            });
        }
    };
    let dated = |holds: &dyn Fn(Timestamp) -> bool| facts.modified.is_some_and(holds);
    let inside = start.is_none_or(|start| facts.is_inside(start));
    let ending = args.file_types.is_empty()
        || facts.name.is_some_and(|name| {
            let mut endings = args.file_types.iter().map(|e| e.trim().trim_start_matches('.'));
            endings.any(|ending| has_ending(name, ending))
        });
    inside
        && ending
        && args.modified_after.is_none_or(|after| dated(&|at| at >= after.timestamp()))
        && args.modified_before.is_none_or(|before| dated(&|at| at < before.timestamp()))
        && args.author.as_deref().is_none_or(|author| facts.is_by(author))
}

struct Facts<'a> {
    name: Option<&'a str>,
    url: Option<&'a str>,
    modified: Option<Timestamp>,
    people: Vec<String>,
}

impl<'a> Facts<'a> {
    fn of_item(item: &'a DriveItem) -> Self {
        Self {
            name: item.name.as_deref(),
            url: item.web_url.as_deref(),
            modified: item.last_modified_date_time,
            people: people([item.created_by.as_ref(), item.last_modified_by.as_ref()]),
        }
    }

    fn of_row(row: &'a ListItem) -> Self {
        Self {
            name: row.name.as_deref(),
            url: row.web_url.as_deref(),
            modified: row.last_modified_date_time,
            people: people([row.created_by.as_ref(), row.last_modified_by.as_ref()]),
        }
    }

    /// Addresses that hide the folder are judged by their site alone.
    fn is_inside(&self, start: &str) -> bool {
        let Some(url) = self.url else { return false };
        match Address::parse(url) {
            Ok(Address::Document { place, .. }) => {
                let site = place.as_search_path();
                is_below(start, &site) || is_below(&site, start)
            }
            _ => is_below(url, start),
        }
    }

    /// Every word of the name is in a name or an e-mail address; unknown people are let through.
    fn is_by(&self, author: &str) -> bool {
        let author = author.to_lowercase();
        let mut words = author.split_whitespace();
        self.people.is_empty()
            || words.all(|word| self.people.iter().any(|person| person.contains(word)))
    }
}

fn people(sets: [Option<&IdentitySet>; 2]) -> Vec<String> {
    let identities = sets.into_iter().flatten().filter_map(IdentitySet::first);
    identities
        .flat_map(|identity| [identity.display_name.as_deref(), identity.email.as_deref()])
        .flatten()
        .map(str::to_lowercase)
        .collect()
}

impl Client {
    /// The address of a site, library or folder, as the index writes it: decoded.
    pub(in crate::client) async fn address_of(
        &self,
        call: &Call,
        argument: &'static str,
        text: &str,
    ) -> Result<String, ToolError> {
        use graph::Operation as Op;

        let text = text.trim();
        if text.contains("://")
            && let Ok(Address::Place(place)) = Address::parse(text)
        {
            return Ok(place.as_search_path());
        }
        let query = vec![select("id,webUrl")];
        let found: Value = match self.resolve(call, argument, text).await? {
            Reference::Site { site } => {
                self.graph.get(call, &Op::SiteGet { site: &site }, query).await?
            }
            Reference::Drive { drive } => {
                self.graph.get(call, &Op::DriveGet { drive: &drive }, query).await?
            }
            Reference::Folder { drive, item } => {
                self.graph.get(call, &Op::ItemGet { drive: &drive, item: &item }, query).await?
            }
            Reference::List { site, list } => {
                self.graph.get(call, &Op::ListGet { site: &site, list: &list }, query).await?
            }
            Reference::File { .. } | Reference::Page { .. } | Reference::Row { .. } => {
                return Err(ToolError::invalid(argument, "name a site, library or folder"));
            }
        };
        let url = found.get("webUrl").and_then(Value::as_str).unwrap_or_default();
        match Address::parse(url) {
            Ok(Address::Place(place)) => Ok(place.as_search_path()),
            Ok(Address::Document { .. } | Address::SharingLink(_)) | Err(_) => {
                Err(ToolError::invalid(argument, "its address is not known; give its URL"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn args(json: &str) -> Search {
        serde_json::from_str(json).unwrap()
    }

    fn template(json: &str, start: Option<&str>) -> String {
        let body = body(&args(json), start, 0, 10).unwrap();
        body["requests"][0]["query"]["queryTemplate"].as_str().unwrap().to_owned()
    }

    #[test]
    fn every_filter_becomes_a_restriction() {
        let all = template(
            r#"{"query":"q","kinds":["file"],"file_types":[".DOCX","pdf"],"author":"Ann \"B\"",
                "modified_after":"2026-11-01","modified_before":"2026-11-20T12:00:00Z"}"#,
            Some("https://x.sharepoint.com/sites/F/O'Neill {a}"),
        );

        assert_eq!(
            all,
            "({searchTerms}) AND isDocument:1 AND path:\"https://x.sharepoint.com/sites/F/O'Neill  a\" \
             AND (filetype:docx OR filetype:pdf) AND author:\"Ann  B\" \
             AND LastModifiedTime>=2026-11-01 AND LastModifiedTime<2026-11-21"
        );
        assert_eq!(
            template(r#"{"query":"q"}"#, None),
            "({searchTerms}) AND (isDocument:1 OR contentclass:STS_ListItem_WebPageLibrary)"
        );
    }

    #[test]
    fn an_ending_is_an_ending() {
        for bad in ["docx OR path:x", "a\"b", "", "*"] {
            let mut args = args(r#"{"query":"q"}"#);
            args.file_types = vec![bad.to_owned()];
            assert!(body(&args, None, 0, 10).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_typed_changes_nothing_but_the_terms(text in "\\PC{0,40}", name in "\\PC{1,20}") {
            let mut typed = args(r#"{"query":""}"#);
            typed.query = text;
            typed.author = Some(name);
            let body = body(&typed, Some("https://x.sharepoint.com/a"), 0, 10).unwrap();
            let query = &body["requests"][0]["query"];
            let template = query["queryTemplate"].as_str().unwrap();

            prop_assert!(template.contains("AND path:\"https://x.sharepoint.com/a\""));
            prop_assert_eq!(template.matches("searchTerms").count(), template.matches("{searchTerms}").count());
            prop_assert_eq!(template.matches('{').count(), 1);
            prop_assert!(!query["queryString"].as_str().unwrap().is_empty());
        }
    }
}
