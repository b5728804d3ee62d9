//! What lies in a folder, by what a change says of its place.

use graph::Id;
use graph::model::DriveItem;

use crate::address::{is_below, names};

/// A folder, and how to tell what is in it.
#[derive(Debug)]
pub(super) struct Around {
    id: String,
    /// `/drives/{id}/root:/a/b`, decoded and in lower case.
    path: Option<Vec<String>>,
    url: Option<String>,
}

impl Around {
    pub(super) fn new(id: &Id, folder: &DriveItem) -> Self {
        let parent = folder.parent_reference.as_ref().and_then(|parent| parent.path.as_deref());
        let path = match (parent, folder.name.as_deref()) {
            (Some(parent), Some(name)) => below_root(parent).map(|mut path| {
                path.push(name.to_lowercase());
                path
            }),
            _ => None,
        };
        Self { id: id.as_str().to_owned(), path, url: folder.web_url.clone() }
    }

    /// Whether this is the folder itself.
    pub(super) fn is_the_folder(&self, item: &DriveItem) -> bool {
        item.id.as_deref() == Some(self.id.as_str())
    }

    /// Whether a thing lies in the folder; `None` when nothing says so or not.
    pub(super) fn holds(&self, item: &DriveItem) -> Option<bool> {
        let parent = item.parent_reference.as_ref();
        if parent.and_then(|parent| parent.id.as_deref()) == Some(self.id.as_str()) {
            return Some(true);
        }
        if item.root.is_some() {
            return Some(false);
        }
        let path = parent.and_then(|parent| parent.path.as_deref()).and_then(below_root);
        if let (Some(path), Some(own)) = (path, &self.path) {
            return Some(path.starts_with(own));
        }
        // The address of an Office file hides its folder.
        let url = item.web_url.as_deref().filter(|url| !url.contains("/_layouts/"));
        Some(is_below(url?, self.url.as_deref()?))
    }
}

fn below_root(path: &str) -> Option<Vec<String>> {
    let (_, below) = path.split_once("root:")?;
    Some(names(below).into_iter().map(|name| name.to_lowercase()).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(json: serde_json::Value) -> DriveItem {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_lies_in_a_folder_is_told_by_parent_path_or_address() {
        let folder = item(json!({
            "id": "F", "name": "Søn & Co",
            "webUrl": "https://x.sharepoint.com/sites/A/Docs/Top/S%C3%B8n%20%26%20Co",
            "parentReference": {"id": "T", "path": "/drives/b!1/root:/Top"},
        }));
        let around = Around::new(&Id::try_from("F").unwrap(), &folder);
        let url = |path: &str| format!("https://x.sharepoint.com/sites/A/{path}");
        for (thing, expected) in [
            (json!({"parentReference": {"id": "F"}}), Some(true)),
            (
                json!({"parentReference": {"id": "G", "path": "/drives/b!1/root:/top/s%C3%B8n%20%26%20Co/deep"}}),
                Some(true),
            ),
            (json!({"parentReference": {"id": "T", "path": "/drives/b!1/root:/Top"}}), Some(false)),
            (
                json!({"parentReference": {"id": "T", "path": "/drives/b!1/root:/Top/Søn & Co 2"}}),
                Some(false),
            ),
            (json!({"parentReference": {"id": "T", "path": "/drives/b!1/root:"}}), Some(false)),
            (
                json!({"parentReference": {"id": "G"}, "webUrl": url("Docs/Top/S%C3%B8n%20%26%20Co/deep/a.txt")}),
                Some(true),
            ),
            (json!({"parentReference": {"id": "G"}, "webUrl": url("Docs/Top/a.txt")}), Some(false)),
            (
                json!({"parentReference": {"id": "G"}, "webUrl": url("_layouts/15/Doc.aspx?sourcedoc=x")}),
                None,
            ),
            (json!({"parentReference": {"id": "G"}, "deleted": {}}), None),
            (json!({"root": {}}), Some(false)),
        ] {
            assert_eq!(around.holds(&item(thing.clone())), expected, "{thing}");
        }
    }
}
