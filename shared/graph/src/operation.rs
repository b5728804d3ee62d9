//! Everything that may be asked of Graph. Nothing else in this repository names a method or a
//! path of Graph, so reading this file shows that nothing is written.
//!
//! Three operations are POSTs, and read all the same: a search takes its question in the body,
//! label extraction reads the label out of the file, and a batch carries GETs of this list only
//! (see `batch`, which accepts nothing else).

use std::borrow::Cow;

use crate::id::{Id, ItemPath};

/// One thing that may be asked of Graph.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// The person's OneDrive.
    MyDrive,
    /// Sites by free text.
    SitesSearch,
    /// Sites that the person follows.
    SitesFollowed,
    /// One site by id.
    SiteGet {
        /// Its id.
        site: &'a Id,
    },
    /// One site by host and path.
    SiteByPath {
        /// Host name.
        host: &'a Id,
        /// Path below the host.
        path: &'a ItemPath,
    },
    /// The libraries of a site.
    SiteDrives {
        /// The site.
        site: &'a Id,
    },
    /// The lists of a site.
    SiteLists {
        /// The site.
        site: &'a Id,
    },
    /// The pages of a site.
    SitePages {
        /// The site.
        site: &'a Id,
    },
    /// One page, without its text unless that is expanded.
    SitePageGet {
        /// The site.
        site: &'a Id,
        /// The page.
        page: &'a Id,
    },
    /// One library.
    DriveGet {
        /// Its id.
        drive: &'a Id,
    },
    /// The root folder of a library.
    DriveRoot {
        /// The library.
        drive: &'a Id,
    },
    /// One file or folder.
    ItemGet {
        /// Its library.
        drive: &'a Id,
        /// Its id.
        item: &'a Id,
    },
    /// One file or folder by path.
    ItemByPath {
        /// Its library.
        drive: &'a Id,
        /// Path below the library's root.
        path: &'a ItemPath,
    },
    /// What is in a folder.
    ItemChildren {
        /// Its library.
        drive: &'a Id,
        /// The folder.
        item: &'a Id,
    },
    /// The label inside a file.
    ItemExtractLabels {
        /// Its library.
        drive: &'a Id,
        /// The file.
        item: &'a Id,
    },
    /// The bytes of a file.
    ItemContent {
        /// Its library.
        drive: &'a Id,
        /// The file.
        item: &'a Id,
    },
    /// The bytes of a version of a file.
    ItemVersionContent {
        /// Its library.
        drive: &'a Id,
        /// The file.
        item: &'a Id,
        /// The version.
        version: &'a Id,
    },
    /// One list.
    ListGet {
        /// Its site.
        site: &'a Id,
        /// Its id.
        list: &'a Id,
    },
    /// One row of a list.
    ListItemGet {
        /// The site.
        site: &'a Id,
        /// The list.
        list: &'a Id,
        /// The row.
        row: &'a Id,
    },
    /// The rows of a list.
    ListItems {
        /// The site.
        site: &'a Id,
        /// The list.
        list: &'a Id,
        /// Whether rows are filtered or ordered by columns without an index.
        unindexed: bool,
    },
    /// The earlier versions of a file, without their content.
    ItemVersions {
        /// Its library.
        drive: &'a Id,
        /// The file.
        item: &'a Id,
    },
    /// Who may open a file or folder.
    ItemPermissions {
        /// Its library.
        drive: &'a Id,
        /// The file or folder.
        item: &'a Id,
    },
    /// What changed in a library.
    DriveDelta {
        /// The library.
        drive: &'a Id,
    },
    /// What a sharing link leads to; the link is looked up, never redeemed.
    Share {
        /// The link: `u!` and its unpadded base64url.
        link: &'a Id,
    },
    /// Who asks.
    Me,
    /// The sensitivity labels of the tenant.
    SensitivityLabels,
    /// A search over files, rows, lists and sites.
    Search,
    /// Several GETs of this list in one request.
    Batch,
}

/// How an operation is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A question in the address.
    Get,
    /// A question in the body.
    Post,
}

/// The fixed part of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name, as in the log.
    pub name: &'static str,
    /// Method.
    pub method: Method,
    /// Path below the base address, with its variables in braces.
    pub path: &'static str,
    /// Query options that may be sent.
    pub query: &'static [&'static str],
    /// What is asked for, with its article, for messages.
    pub what: &'static str,
}

impl Rule {
    /// Whether a query option may be sent. Any GET may go on where Graph's own link says.
    pub fn takes(&self, option: &str) -> bool {
        self.query.contains(&option) || (self.method == Method::Get && option == "$skiptoken")
    }
}

const fn get(
    name: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    what: &'static str,
) -> Rule {
    Rule { name, method: Method::Get, path, query, what }
}

const fn post(name: &'static str, path: &'static str, what: &'static str) -> Rule {
    Rule { name, method: Method::Post, path, query: &[], what }
}

const ONE: &[&str] = &["$select", "$expand"];
const PAGED: &[&str] = &["$select", "$top", "$skiptoken"];

impl Operation<'_> {
    /// Name, method, path and allowed query options.
    #[rustfmt::skip]
    pub fn rule(&self) -> Rule {
        match self {
            Self::MyDrive => get("me_drive", "/me/drive", &["$select"], "your OneDrive"),
            Self::SitesSearch => get("sites_search", "/sites", &["search", "$select", "$top", "$skiptoken"], "the list of sites"),
            Self::SitesFollowed => get("sites_followed", "/me/followedSites", &["$select"], "the sites you follow"),
            Self::SiteGet { .. } => get("sites_get", "/sites/{site-id}", ONE, "the site"),
            Self::SiteByPath { .. } => get("sites_get_by_path", "/sites/{hostname}:/{server-relative-path}", ONE, "the site"),
            Self::SiteDrives { .. } => get("site_drives", "/sites/{site-id}/drives", PAGED, "the site"),
            Self::SiteLists { .. } => get("site_lists", "/sites/{site-id}/lists", PAGED, "the site"),
            Self::SitePages { .. } => get("site_pages", "/sites/{site-id}/pages/microsoft.graph.sitePage", &["$select", "$top", "$skiptoken", "$orderby"], "the site"),
            Self::SitePageGet { .. } => get("site_page_get", "/sites/{site-id}/pages/{page-id}/microsoft.graph.sitePage", ONE, "the page"),
            Self::DriveGet { .. } => get("drive_get", "/drives/{drive-id}", &["$select"], "the library"),
            Self::DriveRoot { .. } => get("drive_root", "/drives/{drive-id}/root", ONE, "the library"),
            Self::ItemGet { .. } => get("item_get", "/drives/{drive-id}/items/{item-id}", ONE, "the file or folder"),
            Self::ItemByPath { .. } => get("item_get_by_path", "/drives/{drive-id}/root:/{path}", ONE, "the file or folder"),
            Self::ItemChildren { .. } => get("item_children", "/drives/{drive-id}/items/{item-id}/children", &["$select", "$expand", "$top", "$skiptoken", "$orderby"], "the folder"),
            Self::ItemExtractLabels { .. } => post("item_extract_labels", "/drives/{drive-id}/items/{item-id}/extractSensitivityLabels", "the file"),
            Self::ItemContent { .. } => get("item_content", "/drives/{drive-id}/items/{item-id}/content", &[], "the file"),
            Self::ItemVersionContent { .. } => get("item_version_content", "/drives/{drive-id}/items/{item-id}/versions/{version-id}/content", &[], "this version of the file"),
            Self::ListGet { .. } => get("list_get", "/sites/{site-id}/lists/{list-id}", ONE, "the list"),
            Self::ListItemGet { .. } => get("list_item_get", "/sites/{site-id}/lists/{list-id}/items/{item-id}", ONE, "the row"),
            Self::ListItems { .. } => get("list_items", "/sites/{site-id}/lists/{list-id}/items", &["$select", "$expand", "$filter", "$orderby", "$top", "$skiptoken"], "the list"),
            Self::ItemVersions { .. } => get("item_versions", "/drives/{drive-id}/items/{item-id}/versions", &["$select", "$top"], "the versions"),
            Self::ItemPermissions { .. } => get("item_permissions", "/drives/{drive-id}/items/{item-id}/permissions", &["$select"], "who has access"),
            Self::DriveDelta { .. } => get("drive_delta", "/drives/{drive-id}/root/delta", &["$select", "$top", "token", "$deltatoken"], "the library"),
            Self::Share { .. } => get("share_drive_item", "/shares/{encoded-sharing-url}/driveItem", &["$select"], "the sharing link"),
            Self::Me => get("me", "/me", &["$select"], "your own account"),
            Self::SensitivityLabels => get("sensitivity_labels", "/security/dataSecurityAndGovernance/sensitivityLabels", &["$select", "$expand"], "the sensitivity labels"),
            Self::Search => post("search_query", "/search/query", "the search"),
            Self::Batch => post("batch", "/$batch", "the batch"),
        }
    }

    /// The header that the operation needs beside its options, if any.
    pub(crate) fn header(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ListItems { unindexed: true, .. } => {
                Some(("Prefer", "HonorNonIndexedQueriesWarningMayFailRandomly"))
            }
            _ => None,
        }
    }

    /// The variables of the path, in order.
    fn variables(&self) -> Vec<Variable<'_>> {
        match self {
            Self::MyDrive
            | Self::Me
            | Self::SitesSearch
            | Self::SitesFollowed
            | Self::SensitivityLabels
            | Self::Search
            | Self::Batch => Vec::new(),
            Self::SiteGet { site }
            | Self::SiteDrives { site }
            | Self::SiteLists { site }
            | Self::SitePages { site } => vec![Variable::Id(site)],
            Self::SiteByPath { host, path } => vec![Variable::Id(host), Variable::Path(path)],
            Self::SitePageGet { site, page } => vec![Variable::Id(site), Variable::Id(page)],
            Self::DriveGet { drive } | Self::DriveRoot { drive } | Self::DriveDelta { drive } => {
                vec![Variable::Id(drive)]
            }
            Self::Share { link } => vec![Variable::Id(link)],
            Self::ItemGet { drive, item }
            | Self::ItemVersions { drive, item }
            | Self::ItemPermissions { drive, item }
            | Self::ItemChildren { drive, item }
            | Self::ItemExtractLabels { drive, item }
            | Self::ItemContent { drive, item } => {
                vec![Variable::Id(drive), Variable::Id(item)]
            }
            Self::ItemVersionContent { drive, item, version } => {
                vec![Variable::Id(drive), Variable::Id(item), Variable::Id(version)]
            }
            Self::ItemByPath { drive, path } => vec![Variable::Id(drive), Variable::Path(path)],
            Self::ListGet { site, list } | Self::ListItems { site, list, .. } => {
                vec![Variable::Id(site), Variable::Id(list)]
            }
            Self::ListItemGet { site, list, row } => {
                vec![Variable::Id(site), Variable::Id(list), Variable::Id(row)]
            }
        }
    }

    /// The path, one entry per segment, not encoded.
    pub(crate) fn segments(&self) -> Vec<Cow<'_, str>> {
        let mut variables = self.variables().into_iter();
        let mut segments = Vec::new();
        for part in self.rule().path.trim_start_matches('/').split('/') {
            if !part.contains('{') {
                segments.push(Cow::Borrowed(part));
                continue;
            }
            match variables.next() {
                Some(Variable::Id(id)) if part.ends_with(':') => {
                    segments.push(Cow::Owned(format!("{}:", id.as_str())));
                }
                Some(Variable::Id(id)) => segments.push(Cow::Borrowed(id.as_str())),
                Some(Variable::Path(path)) => segments.extend(path.names().map(Cow::Borrowed)),
                None => {}
            }
        }
        segments
    }
}

/// What stands for a variable of a path.
enum Variable<'a> {
    Id(&'a Id),
    Path(&'a ItemPath),
}

#[cfg(test)]
mod tests;
