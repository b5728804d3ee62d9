//! What a row is: in a library rows are files and pages, which carry labels or texts of their own
//! and are judged as such.

use graph::model::ListItem;
use url::Url;

use crate::address::{below_site, has_ending};

/// Content types of files begin so, those of pages among them.
const DOCUMENT: &str = "0x0101";
/// Content types of site pages begin so.
const SITE_PAGE: &str = "0x0101009d1cb255da76424f860d91f20e6c4118";

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    /// A row of a list.
    Plain,
    /// A page of a site.
    Page,
    /// A file, or something of which nobody says that it is none.
    Document,
}

impl RowKind {
    /// What a row is by the content type that was asked for with it; missing, it is a document.
    pub(super) fn of(row: &ListItem) -> Self {
        let kind = row.content_type.as_ref().and_then(|kind| kind.id.as_deref());
        let kind = kind.map(str::to_ascii_lowercase);
        let begins = |start: &str| kind.as_ref().is_some_and(|id| id.starts_with(start));
        if begins(SITE_PAGE) || is_page(&names(row)) {
            Self::Page
        } else if begins("0x01") && !begins(DOCUMENT) {
            Self::Plain
        } else {
            Self::Document
        }
    }

    /// What a hit of search is by its address, because hits have no content type.
    pub(super) fn of_hit(row: &ListItem) -> Self {
        let names = names(row);
        let is_row = is_first(&names, "Lists")
            && !names.iter().any(|name| name.eq_ignore_ascii_case("Attachments"))
            && names.last().is_some_and(|name| {
                !name.contains('.') || has_ending(name, "aspx") || has_ending(name, "000")
            });
        if is_page(&names) {
            Self::Page
        } else if is_row {
            Self::Plain
        } else {
            Self::Document
        }
    }
}

fn names(row: &ListItem) -> Vec<String> {
    let url = row.web_url.as_deref().and_then(|url| Url::parse(url).ok());
    url.map(|url| below_site(url.path())).unwrap_or_default()
}

fn is_page(names: &[String]) -> bool {
    is_first(names, "SitePages") && names.last().is_some_and(|name| has_ending(name, "aspx"))
}

fn is_first(names: &[String], wanted: &str) -> bool {
    names.first().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SITE: &str = "https://x.sharepoint.com/sites/F";

    fn row(path: &str, kind: Option<&str>) -> ListItem {
        let kind = kind.map(|id| json!({ "id": id }));
        let row = json!({"webUrl": format!("{SITE}{path}"), "contentType": kind});
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn only_a_known_type_that_is_no_file_makes_a_row_of_a_list() {
        for (path, kind, expected) in [
            ("/Lists/A/1_.000", Some("0x0100A1"), RowKind::Plain),
            ("/Lists/A/1_.000", Some("0x0101"), RowKind::Document),
            ("/Lists/A/1_.000", Some("Item"), RowKind::Document),
            ("/Lists/A/1_.000", Some(""), RowKind::Document),
            ("/Lists/A/1_.000", None, RowKind::Document),
            ("/Shared%20Documents/a.docx", Some("0X010100B2"), RowKind::Document),
            ("/Shared%20Documents/SitePages/a.docx", Some("0x010100B2"), RowKind::Document),
            ("/Shared%20Documents/SitePages/a.aspx", Some("0x010100B2"), RowKind::Document),
            ("/SitePages/a.docx", Some("0x010100B2"), RowKind::Document),
            ("/sitepages/a.aspx", Some("0x010108"), RowKind::Page),
            ("/x/a.aspx", Some("0x0101009D1CB255DA76424F860D91F20E6C4118"), RowKind::Page),
        ] {
            assert_eq!(RowKind::of(&row(path, kind)), expected, "{path} {kind:?}");
        }
    }

    #[test]
    fn a_file_in_a_folder_called_lists_is_no_row() {
        for (path, expected) in [
            ("/Lists/Suppliers/DispForm.aspx?ID=1", RowKind::Plain),
            ("/lists/Suppliers/1_.000", RowKind::Plain),
            ("/Lists/Suppliers/Attachments/1/secret.docx", RowKind::Document),
            ("/Lists/Suppliers/Attachments/1/secret.aspx", RowKind::Document),
            ("/Lists/Library/secret.docx", RowKind::Document),
            ("/Shared%20Documents/Lists/secret.docx", RowKind::Document),
            ("/Shared%20Documents/Lists/secret.aspx", RowKind::Document),
            ("/Shared%20Documents/SitePages/secret.aspx", RowKind::Document),
            ("/SitePages/secret.docx", RowKind::Document),
            ("/sitepages/Home.aspx", RowKind::Page),
            ("", RowKind::Document),
        ] {
            assert_eq!(RowKind::of_hit(&row(path, None)), expected, "{path}");
        }
    }
}
