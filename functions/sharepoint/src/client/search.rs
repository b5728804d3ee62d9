//! Search: one question, at most one batch for the labels of what it found, then our own check of
//! every filter, because the index may be behind and ignores what it does not know.

pub(super) mod question;

use graph::batch::{MAX_PARTS, Part};
use graph::labels::{COLUMN_EXPAND, Doubt, Labelling};
use graph::model::{DriveItem, Hit, ListItem, Resource};
use graph::{Id, Operation};
use platform::{Call, Page, ToolError};

use super::ranked::start_of;
use super::row_kind::RowKind;
use super::shape::{self, id};
use super::{Client, ITEM_FIELDS, select};
use crate::address::is_below;
use crate::model::{Item, ItemKind, Kind, Search};
use crate::policy::Verdict;

/// A hit of a kind that was asked for.
pub(super) struct Found<'a> {
    pub(super) at: usize,
    hit: &'a Hit,
    pub(super) thing: Thing,
}

impl<'a> Found<'a> {
    /// What is at this place of the answer; `None` for what we cannot show.
    pub(super) fn new((at, hit): (usize, &'a Hit)) -> Option<Self> {
        Some(Self { at, hit, thing: thing(hit)? })
    }

    pub(super) fn is_unconfirmed(&self) -> bool {
        matches!(self.thing, Thing::File(_, Labelling::Unknown(Doubt::Unconfirmed)))
    }
}

pub(super) enum Thing {
    File(Box<DriveItem>, Labelling),
    Row(Box<ListItem>, ItemKind),
    Site(Box<Item>),
}

impl Client {
    /// Searches files, pages, rows, folders and sites.
    pub async fn search(&self, call: &Call, args: &Search) -> Result<Page<Item>, ToolError> {
        let from = start_of(call, args.cursor.as_deref())?;
        let size = args.limit.get().min(MAX_PARTS);
        let start = self.start(call, args).await?;
        let body = question::body(args, start.as_deref(), from, size)?;
        let ranked = self.ranked(call, body, from).await?;

        let mut found: Vec<Found<'_>> = (ranked.hits.iter().enumerate())
            .filter_map(Found::new)
            .filter(|found| question::fits(args, start.as_deref(), found))
            .collect();
        let unread = self.read_labels(call, &mut found).await?;
        let shown = (found.iter())
            .filter_map(|found| Some((found.at, self.shown(found)?)))
            .filter(|(_, item)| is_wanted(&args.kinds, item.kind));
        let page = ranked.page(call, shown);
        let withheld = withheld(&page.items);
        let empty = if page.next_cursor.is_some() { FILTERED } else { EMPTY };
        let lag = page.items.is_empty().then(|| empty.to_owned());
        let unread = unread.then(|| UNREAD.to_owned());
        let unconfirmed = found.iter().any(Found::is_unconfirmed).then(|| UNCONFIRMED.to_owned());
        Ok(page.with_note(withheld).with_note(lag).with_note(unread).with_note(unconfirmed))
    }

    /// Where the search is confined to, as an address.
    async fn start(&self, call: &Call, args: &Search) -> Result<Option<String>, ToolError> {
        let site = match &args.site {
            Some(site) => Some(self.address_of(call, "site", site).await?),
            None => None,
        };
        let Some(path) = args.path.as_deref().map(str::trim).filter(|path| !path.is_empty()) else {
            return Ok(site);
        };
        if path.contains("://") || path.starts_with("sp:") {
            let start = self.address_of(call, "path", path).await?;
            // Both were said, so both hold.
            if site.as_ref().is_some_and(|site| !is_below(&start, site)) {
                return Err(ToolError::invalid("path", "lies outside `site`; give one of them"));
            }
            return Ok(Some(start));
        }
        let Some(site) = site else {
            return Err(ToolError::invalid(
                "path",
                "a relative path needs `site`; or give a URL or ref",
            ));
        };
        let below = path.trim_matches('/');
        if below.split('/').any(|name| name == "." || name == ".." || name.is_empty()) {
            return Err(ToolError::invalid("path", "names between single slashes"));
        }
        Ok(Some(format!("{site}/{below}")))
    }

    /// Asks for the labels of all files in one batch. Says whether some could not be read.
    pub(super) async fn read_labels(
        &self,
        call: &Call,
        found: &mut Vec<Found<'_>>,
    ) -> Result<bool, ToolError> {
        let ids: Vec<(usize, Id, Id)> = (found.iter().enumerate())
            .filter_map(|(place, found)| match &found.thing {
                Thing::File(item, _) => {
                    let drive = item.parent_reference.as_ref().and_then(|p| p.drive_id.as_ref());
                    Some((place, id(drive)?, id(item.id.as_ref())?))
                }
                Thing::Row(..) | Thing::Site(_) => None,
            })
            .take(MAX_PARTS)
            .collect();
        let parts: Vec<Part<'_>> = (ids.iter())
            .map(|(_, drive, item)| {
                let query = vec![select(ITEM_FIELDS), ("$expand", COLUMN_EXPAND.to_owned())];
                Part::new(Operation::ItemGet { drive, item }, query)
            })
            .collect();
        let answers = match self.graph.batch::<DriveItem>(call, &parts).await {
            Ok(answers) => answers,
            // Without labels nothing is shown but metadata, and that is better than nothing.
            Err(
                ToolError::Upstream { .. }
                | ToolError::Forbidden { .. }
                | ToolError::NotFound { .. }
                | ToolError::Locked { .. }
                | ToolError::Rejected { .. }
                | ToolError::Throttled { .. }
                | ToolError::TooLarge,
            ) => return Ok(true),
            Err(error) => return Err(error),
        };
        let now = call.now();
        let mut gone = Vec::new();
        let mut unread = false;
        for ((place, ..), answer) in ids.iter().zip(answers) {
            let Some(Thing::File(item, labelling)) = found.get_mut(*place).map(|f| &mut f.thing)
            else {
                continue;
            };
            match answer {
                Ok(fresh) => {
                    *labelling = self.evidence(&fresh, now);
                    adopt(item, fresh);
                }
                // The index still knows what is no longer there.
                Err(ToolError::NotFound { .. }) => gone.push(*place),
                Err(_) => unread = true,
            }
        }
        let mut place = 0;
        found.retain(|_| {
            place += 1;
            !gone.contains(&(place - 1))
        });
        Ok(unread)
    }

    fn shown(&self, found: &Found<'_>) -> Option<Item> {
        match &found.thing {
            Thing::File(item, labelling) => self.hit(found.hit, item, *labelling),
            Thing::Row(row, kind) => self.row_hit(found.hit, row, *kind),
            Thing::Site(site) => Some(Item {
                reference: site.reference.clone(),
                kind: site.kind,
                title: site.title.clone(),
                url: site.url.clone(),
                when: site.when.clone(),
                who: None,
                label: None,
                snippet: None,
                site: site.site.clone(),
                path: None,
                size_bytes: None,
                note: None,
            }),
        }
    }
}

/// What a hit is; `None` for what we cannot show.
fn thing(hit: &Hit) -> Option<Thing> {
    match hit.resource() {
        Resource::Item(item) => {
            Some(Thing::File(Box::new(item), Labelling::Unknown(Doubt::NotReported)))
        }
        Resource::Row(row) => {
            let kind = match RowKind::of_hit(&row) {
                RowKind::Page => ItemKind::Page,
                RowKind::Plain => ItemKind::ListItem,
                // Files come as rows too; they are found as files.
                RowKind::Document => return None,
            };
            Some(Thing::Row(Box::new(row), kind))
        }
        Resource::Site(site) => Some(Thing::Site(Box::new(shape::site_as_item(&site)?))),
        Resource::List(_) | Resource::Drive(_) | Resource::Other => None,
    }
}

/// Takes over what Graph knows now; the hit's address stays where the fresh one has none.
fn adopt(item: &mut DriveItem, fresh: DriveItem) {
    let old = std::mem::replace(item, fresh);
    item.name = item.name.take().or(old.name);
    item.web_url = item.web_url.take().or(old.web_url);
    item.last_modified_date_time = item.last_modified_date_time.or(old.last_modified_date_time);
    item.last_modified_by = item.last_modified_by.take().or(old.last_modified_by);
    if item.parent_reference.as_ref().is_none_or(|parent| parent.drive_id.is_none()) {
        item.parent_reference = old.parent_reference;
    }
}

fn is_wanted(kinds: &[Kind], kind: ItemKind) -> bool {
    let wanted = match kind {
        ItemKind::File | ItemKind::Notebook => Kind::File,
        ItemKind::Folder => Kind::Folder,
        ItemKind::Page => Kind::Page,
        ItemKind::ListItem => Kind::ListItem,
        ItemKind::Site => Kind::Site,
        ItemKind::Library | ItemKind::List => return false,
    };
    kinds.contains(&wanted)
}

/// Says how many excerpts are withheld, why, and what to do.
fn withheld(items: &[Item]) -> Option<String> {
    let count = |verdict: Verdict| {
        let labels = items.iter().filter_map(|item| item.label.as_ref());
        labels.filter(|label| label.decision == verdict).count()
    };
    let reasons = [
        (count(Verdict::Redacted), "a label that is not permitted here"),
        (count(Verdict::Unlabelled), "no label"),
        (count(Verdict::Unknown), "a label that is not certain"),
    ];
    let said: Vec<String> = (reasons.iter().filter(|(count, _)| *count > 0))
        .map(|(count, reason)| format!("{count} with {reason}"))
        .collect();
    (!said.is_empty()).then(|| {
        format!(
            "Content withheld: {}. Metadata is shown; open the url to read it. sharepoint_labels tells the rules.",
            said.join(", ")
        )
    })
}

const EMPTY: &str = "Nothing was found. The index is some minutes behind, and does not hold the \
     text of every file type; sharepoint_browse shows folders as they are now.";
const FILTERED: &str = "Nothing on this page fits the filters; go on with the cursor.";
pub(super) const UNCONFIRMED: &str = "A label column can be a day behind: files that changed in the last 25 hours, or \
     whose column is empty, have the decision `unknown` until their label is confirmed. Read a file \
     by itself to see it.";
pub(super) const UNREAD: &str =
    "Some labels could not be read just now; try again for their content.";
