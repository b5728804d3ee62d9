//! From Graph's shapes to what the model sees, screened by the policy.

use graph::Id;
use graph::labels::{self, Doubt, Labelling};
use graph::model::{Drive, DriveItem, Hit, IdentitySet, List, ListItem, Site, SitePage};
use graph::text::{clean, snippet};
use jiff::Timestamp;
use url::Url;

use super::Client;
use crate::address::{names, shown};
use crate::model::{Item, ItemKind, Label, SiteItem, Who};
use crate::policy::{Class, Content, Verdict, class_of_file};
use crate::reference::Reference;

const MAX_TITLE: usize = 200;
const MAX_SNIPPET: usize = 400;
const MAX_NAME: usize = 100;

/// An item with what nobody asked for left empty.
fn item(reference: Reference, kind: ItemKind, title: Option<&str>, url: Option<&str>) -> Item {
    let url = url.and_then(|url| Url::parse(url).ok());
    let place = url.as_ref().map(place_of);
    let title =
        title.map(|title| clean(&unbracketed(title), MAX_TITLE)).filter(|title| !title.is_empty());
    Item {
        title: title.unwrap_or_else(|| "(no name)".to_owned()),
        url: url.and_then(shown),
        site: place.as_ref().map(|(site, _)| site.clone()),
        path: place.and_then(|(_, path)| path),
        reference,
        kind,
        when: None,
        who: None,
        label: None,
        snippet: None,
        size_bytes: None,
        note: None,
    }
}

/// Path of the site and of the folder that an address is in.
fn place_of(url: &Url) -> (String, Option<String>) {
    let mut names = names(url.path());
    let managed = names.first().is_some_and(|first| {
        ["sites", "teams", "personal"].contains(&first.to_ascii_lowercase().as_str())
    });
    let below = names.split_off(if managed { names.len().min(2) } else { 0 });
    let site = format!("/{}", names.join("/"));
    let hidden = below.iter().any(|name| name.eq_ignore_ascii_case("_layouts"));
    let folder = below.split_last().map(|(_, folder)| folder.join("/"));
    let path = folder.filter(|folder| !hidden && !folder.is_empty());
    (clean(&site, MAX_TITLE), path.map(|path| clean(&path, MAX_TITLE * 2)))
}

/// Text without the brackets of our marks, and without those that look like them.
pub(super) fn unbracketed(text: &str) -> String {
    text.replace(['⟦', '⟧', '〚', '〛'], " ")
}

/// Text of others between marks that it cannot close.
pub(super) fn untrusted(text: &str) -> String {
    let text = unbracketed(text);
    // The end of a block of code would not be one with the mark beside it.
    if text.contains('\n') {
        format!("⟦untrusted text:\n{text}\n⟧")
    } else {
        format!("⟦untrusted text: {text}⟧")
    }
}

pub(super) fn who(set: Option<&IdentitySet>) -> Option<Who> {
    let identity = set?.first()?;
    let name = identity.display_name.as_deref().or(identity.email.as_deref())?;
    let email = identity.email.as_deref().map(|email| clean(email, MAX_NAME));
    Some(Who { name: clean(name, MAX_NAME), email })
}

pub(super) fn when(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

pub(super) fn id(text: Option<&String>) -> Option<Id> {
    Id::try_from(text?.as_str()).ok()
}

impl Client {
    /// A file, folder, notebook or shortcut; `None` when it has no ids that we could use again.
    pub(super) fn drive_item(&self, found: &DriveItem, labelling: Labelling) -> Option<Item> {
        let target = found.remote_item.as_deref().unwrap_or(found);
        let drive = target.parent_reference.as_ref().or(found.parent_reference.as_ref());
        let drive = id(drive.and_then(|parent| parent.drive_id.as_ref()))?;
        let own = id(target.id.as_ref())?;
        let is_folder = target.folder.is_some() || target.root.is_some();
        let (reference, kind) = if target.package.is_some() {
            (Reference::File { drive, item: own }, ItemKind::Notebook)
        } else if is_folder {
            (Reference::Folder { drive, item: own }, ItemKind::Folder)
        } else {
            (Reference::File { drive, item: own }, ItemKind::File)
        };
        let url = target.web_url.as_deref().or(found.web_url.as_deref());
        let mut shown = item(reference, kind, found.name.as_deref(), url);
        shown.when = when(found.last_modified_date_time);
        shown.who = who(found.last_modified_by.as_ref().or(found.created_by.as_ref()));
        if let Some(path) = below_root(found) {
            shown.path = Some(path);
        }
        if kind == ItemKind::File {
            shown.size_bytes = target.size;
            let name = found.name.as_deref().unwrap_or_default();
            shown.label =
                Some(self.label(class_of_file(name), labelling, name_of(labelling, found)));
        }
        shown.note = note(found, kind);
        Some(shown)
    }

    /// The same with an excerpt of its content, if that may leave.
    pub(super) fn hit(&self, hit: &Hit, found: &DriveItem, labelling: Labelling) -> Option<Item> {
        let mut shown = self.drive_item(found, labelling)?;
        if shown.kind == ItemKind::File && found.malware.is_none() {
            let class = class_of_file(found.name.as_deref().unwrap_or_default());
            shown.snippet = self.excerpt(class, labelling, hit);
        }
        Some(shown)
    }

    /// A row or a page that search found. Neither can carry a label.
    pub(super) fn row_hit(&self, hit: &Hit, row: &ListItem, kind: ItemKind) -> Option<Item> {
        let mut shown = self.row(row, kind)?;
        let class = if kind == ItemKind::Page { Class::Page } else { Class::Row };
        shown.snippet = self.excerpt(class, Labelling::Unlabelled, hit);
        Some(shown)
    }

    /// A row or a page, by its place in its list.
    pub(super) fn row(&self, row: &ListItem, kind: ItemKind) -> Option<Item> {
        let parent = row.parent_reference.as_ref();
        let ids = row.sharepoint_ids.as_ref();
        let site = id(parent.and_then(|parent| parent.site_id.as_ref()))?;
        let list = ids
            .and_then(|ids| ids.list_id.as_ref())
            .or(parent.and_then(|parent| parent.id.as_ref()))
            .or(parent
                .and_then(|p| p.sharepoint_ids.as_ref())
                .and_then(|ids| ids.list_id.as_ref()));
        let number = ids.and_then(|ids| ids.list_item_id.as_ref()).or(row.id.as_ref());
        let reference = Reference::Row { site, list: id(list)?, row: id(number)? };
        let title = row.fields.as_ref().and_then(|fields| fields.get("Title")?.as_str());
        let class = if kind == ItemKind::Page { Class::Page } else { Class::Row };
        // A row's title is a column like any other: content. A page's title is its name.
        let title = match kind {
            ItemKind::Page => title.or(row.name.as_deref()),
            _ if self.policy.judge(class, Labelling::Unlabelled) == Verdict::Allowed => title,
            _ => None,
        };
        let fallback = format!("Item {}", number.map(String::as_str).unwrap_or_default());
        let mut shown = item(reference, kind, title.or(Some(&fallback)), row.web_url.as_deref());
        shown.when = when(row.last_modified_date_time);
        shown.who = who(row.last_modified_by.as_ref().or(row.created_by.as_ref()));
        shown.label = Some(self.label(class, Labelling::Unlabelled, None));
        Some(shown)
    }

    pub(super) fn page(&self, site: &Id, page: &SitePage) -> Option<Item> {
        let reference = Reference::Page { site: site.clone(), page: id(page.id.as_ref())? };
        let title = page.title.as_deref().or(page.name.as_deref());
        let mut shown = item(reference, ItemKind::Page, title, page.web_url.as_deref());
        shown.when = when(page.last_modified_date_time);
        shown.who = who(page.last_modified_by.as_ref().or(page.created_by.as_ref()));
        shown.label = Some(self.label(Class::Page, Labelling::Unlabelled, None));
        Some(shown)
    }

    fn excerpt(&self, class: Class, labelling: Labelling, hit: &Hit) -> Option<String> {
        let content = Content::new(hit.summary.as_deref()?);
        let (_, text) = self.policy.screen(class, labelling, content);
        let text = snippet(&text?, MAX_SNIPPET);
        (!text.is_empty()).then(|| untrusted(&text))
    }

    pub(super) fn label(&self, class: Class, labelling: Labelling, name: Option<String>) -> Label {
        let decision = self.policy.judge(class, labelling);
        let id = match labelling {
            Labelling::Label(id) => id,
            // What the column says is worth knowing, as long as nothing is let out for it.
            Labelling::Unlabelled | Labelling::Unknown(_) | Labelling::Protected => {
                return Label { id: None, name, decision };
            }
        };
        let listed = self.policy.listed().find(|(listed, _)| *listed == id);
        let listed = listed.map(|(_, name)| name.to_owned()).filter(|name| !name.is_empty());
        Label { id: Some(id.to_string()), name: listed.or(name), decision }
    }
}

pub(super) fn site(found: &Site) -> Option<SiteItem> {
    let shown = site_as_item(found)?;
    Some(SiteItem {
        reference: shown.reference,
        title: shown.title,
        url: shown.url,
        description: found
            .description
            .as_deref()
            .map(|text| clean(text, MAX_TITLE))
            .filter(|t| !t.is_empty()),
        when: shown.when,
    })
}

pub(super) fn site_as_item(found: &Site) -> Option<Item> {
    let reference = Reference::Site { site: id(found.id.as_ref())? };
    let title = found.display_name.as_deref().or(found.name.as_deref());
    let mut shown = item(reference, ItemKind::Site, title, found.web_url.as_deref());
    shown.when = when(found.last_modified_date_time);
    Some(shown)
}

pub(super) fn drive(found: &Drive) -> Option<Item> {
    let reference = Reference::Drive { drive: id(found.id.as_ref())? };
    let mut shown =
        item(reference, ItemKind::Library, found.name.as_deref(), found.web_url.as_deref());
    shown.when = when(found.last_modified_date_time);
    Some(shown)
}

/// A list that people see as one: not hidden, not a library, not the library of pages.
pub(super) fn list(site: &Id, found: &List) -> Option<Item> {
    let facet = found.list.as_ref();
    let template = facet.and_then(|list| list.template.as_deref()).unwrap_or_default();
    let hidden = facet.and_then(|list| list.hidden).unwrap_or_default();
    if hidden || ["documentLibrary", "webPageLibrary", "mySiteDocumentLibrary"].contains(&template)
    {
        return None;
    }
    let reference = Reference::List { site: site.clone(), list: id(found.id.as_ref())? };
    let title = found.display_name.as_deref().or(found.name.as_deref());
    let mut shown = item(reference, ItemKind::List, title, found.web_url.as_deref());
    shown.when = when(found.last_modified_date_time);
    Some(shown)
}

/// The folder a file is in, from `/drives/{id}/root:/a/b`.
fn below_root(found: &DriveItem) -> Option<String> {
    let path = found.parent_reference.as_ref()?.path.as_deref()?;
    let (_, below) = path.split_once("root:")?;
    let below = names(below).join("/");
    (!below.is_empty()).then(|| clean(&below, MAX_TITLE * 2))
}

/// The name of the label, where it is the one that the library shows.
fn name_of(labelling: Labelling, found: &DriveItem) -> Option<String> {
    let shown = labelling == Labelling::Unknown(Doubt::Unconfirmed)
        || labelling == labels::from_column(found);
    if shown { column_name(found) } else { None }
}

/// The name that the library shows for the label.
fn column_name(found: &DriveItem) -> Option<String> {
    let fields = found.list_item.as_ref()?.fields.as_ref()?;
    let name = clean(fields.get("_DisplayName")?.as_str()?, MAX_NAME);
    (!name.is_empty()).then_some(name)
}

fn note(found: &DriveItem, kind: ItemKind) -> Option<String> {
    let text = if found.malware.is_some() {
        "marked as malware, do not open"
    } else if kind == ItemKind::Notebook {
        "a OneNote notebook, open it in OneNote"
    } else if found.remote_item.is_some() {
        "a shortcut; ref and url are those of its target"
    } else {
        return None;
    };
    Some(text.to_owned())
}
