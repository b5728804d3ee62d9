//! What changed in a library or a folder since the last time somebody asked.

mod place;

use std::collections::HashMap;

use graph::Id;
use graph::delta::{Delta, From, Next};
use graph::model::DriveItem;
use jiff::{SignedDuration, Timestamp};
use platform::{Call, ToolError};
use serde::{Deserialize, Serialize};

use self::place::Around;
use super::shape::id;
use super::{Client, select};
use crate::model::{Change, ChangeKind, Changes, ListChanges};
use crate::reference::Reference;

/// Pages that are read for one answer: a folder may be a small part of its library.
const MAX_PAGES: usize = 5;
/// By how much our clock and Graph's may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// Where changes go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bookmark {
    at: graph::Position,
    /// Since when changes are told; nothing while everything is listed for the first time.
    since: Option<Timestamp>,
    /// When the round began that goes on here: what changed meanwhile comes with the next one.
    round: Option<Timestamp>,
}

/// The pages that were read.
struct Read {
    items: Vec<DriveItem>,
    next: Next,
}

impl Client {
    /// What changed in a library or folder since a bookmark, and the next bookmark.
    pub async fn changes(&self, call: &Call, args: &ListChanges) -> Result<Changes, ToolError> {
        let target = self.resolve(call, "target", &args.target).await?;
        let (drive, folder) = match &target {
            Reference::Drive { drive } => (drive, None),
            Reference::Folder { drive, item } => (drive, Some(item)),
            Reference::File { .. } => return Err(ToolError::invalid("target", ONE_FILE)),
            Reference::Site { .. }
            | Reference::List { .. }
            | Reference::Page { .. }
            | Reference::Row { .. } => {
                return Err(ToolError::invalid("target", "name a library or a folder"));
            }
        };
        let subject = target.to_string();
        let cursor = args.since_cursor.as_deref().filter(|cursor| !cursor.trim().is_empty());
        let mark: Option<Bookmark> =
            cursor.map(|cursor| call.open_bookmark(&subject, cursor.trim())).transpose()?;
        let around = match folder {
            Some(folder) => Some(self.around(call, drive, folder).await?),
            None => None,
        };
        let limit = args.limit.get();
        let from = match (&mark, args.backfill) {
            (Some(mark), _) => From::Position(&mark.at),
            (None, true) => From::Start,
            (None, false) => From::Now,
        };
        let starts_now = matches!(from, From::Now);
        let round = mark.as_ref().and_then(|mark| mark.round).unwrap_or_else(|| call.now());
        let Some(read) = self.read(call, drive, around.as_ref(), from, limit).await? else {
            return self.start_again(call, drive, &subject).await;
        };

        let since = mark.as_ref().and_then(|mark| mark.since);
        let (items, unplaced) = self.told(&read.items, around.as_ref(), since);
        for change in &items {
            change.item.reveal(call);
        }
        let mut notes = Vec::new();
        if starts_now {
            notes.push(NOW.to_owned());
        } else if !items.is_empty() {
            notes.push(LABELS.to_owned());
        }
        if unplaced > 0 {
            notes.push(format!(
                "{unplaced} of these may lie outside the folder: Graph does not say where they are."
            ));
        }
        let (truncated, next) = match read.next {
            Next::Page(at) => (true, Bookmark { at, since, round: Some(round) }),
            Next::Later(at) => (false, Bookmark { at, since: Some(round), round: None }),
        };
        Ok(answer(call, &subject, items, &next, truncated, notes))
    }

    /// Pages of changes until there are enough; `None` when Graph has forgotten.
    async fn read(
        &self,
        call: &Call,
        drive: &Id,
        around: Option<&Around>,
        mut from: From<'_>,
        limit: usize,
    ) -> Result<Option<Read>, ToolError> {
        let mut items: Vec<DriveItem> = Vec::new();
        let mut at;
        for page in 1.. {
            let query = vec![select(CHANGE_FIELDS), ("$top", limit.to_string())];
            let Some(Delta { items: found, next }) =
                self.graph.changes::<DriveItem>(call, drive, query, from).await?
            else {
                return Ok(None);
            };
            let known = |item: &DriveItem| around.is_none_or(|a| a.holds(item) != Some(false));
            items.extend(found.into_iter().filter(known));
            at = match next {
                Next::Page(at) if page < MAX_PAGES && items.len() < limit.div_ceil(2) => at,
                next => return Ok(Some(Read { items, next })),
            };
            from = From::Position(&at);
        }
        Err(ToolError::Internal)
    }

    /// Graph knows no longer what changed since: from now on, then, and said so.
    async fn start_again(
        &self,
        call: &Call,
        drive: &Id,
        subject: &str,
    ) -> Result<Changes, ToolError> {
        let started = call.now();
        let query = vec![select("id")];
        let fresh = self.graph.changes::<DriveItem>(call, drive, query, From::Now).await?;
        let Some(Delta { next: Next::Page(at) | Next::Later(at), .. }) = fresh else {
            return Err(ToolError::NotFound { what: "the list of changes" });
        };
        let next = Bookmark { at, since: Some(started), round: None };
        Ok(answer(call, subject, Vec::new(), &next, false, vec![LOST.to_owned()]))
    }

    /// The changes as they are told, each thing once, and how many of them have no certain place.
    fn told(
        &self,
        items: &[DriveItem],
        around: Option<&Around>,
        since: Option<Timestamp>,
    ) -> (Vec<Change>, usize) {
        // A thing may come more than once; what comes last is true.
        let last: HashMap<String, usize> = (items.iter().enumerate())
            .filter_map(|(at, item)| Some((item.id.clone()?, at)))
            .collect();
        let mut unplaced = 0;
        let mut told = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let is_last = item.id.as_ref().and_then(|id| last.get(id)) == Some(&at);
            let is_own_root = item.root.is_some() || around.is_some_and(|a| a.is_the_folder(item));
            if !is_last || (is_own_root && item.deleted.is_none()) {
                continue;
            }
            let labelling = graph::labels::from_column(item);
            let Some(shown) = self.drive_item(item, labelling) else { continue };
            unplaced += usize::from(around.is_some_and(|around| around.holds(item).is_none()));
            told.push(Change { change: kind(item, since), item: shown });
        }
        (told, unplaced)
    }

    /// What is known of a folder, to tell what lies in it.
    async fn around(&self, call: &Call, drive: &Id, folder: &Id) -> Result<Around, ToolError> {
        let operation = graph::Operation::ItemGet { drive, item: folder };
        let query = vec![select("id,name,webUrl,parentReference,root")];
        let found: DriveItem = self.graph.get(call, &operation, query).await?;
        let own = id(found.id.as_ref()).unwrap_or_else(|| folder.clone());
        Ok(Around::new(&own, &found))
    }
}

fn answer(
    call: &Call,
    subject: &str,
    items: Vec<Change>,
    next: &Bookmark,
    truncated: bool,
    mut notes: Vec<String>,
) -> Changes {
    let since_cursor = call.seal_bookmark(subject, next);
    if since_cursor.is_none() {
        notes.push("There is no cursor to go on with; call again without one.".to_owned());
    }
    Changes { items, since_cursor, truncated, notes }
}

/// What became of a thing, by its own dates: Graph tells how things are, not what was done to them.
fn kind(item: &DriveItem, since: Option<Timestamp>) -> ChangeKind {
    if item.deleted.is_some() {
        return ChangeKind::Deleted;
    }
    let Some(since) = since else { return ChangeKind::Existing };
    let lately = |at: Option<Timestamp>| at.is_some_and(|at| since.duration_until(at) >= -SKEW);
    if lately(item.created_date_time) {
        ChangeKind::Added
    } else if lately(item.last_modified_date_time) || item.last_modified_date_time.is_none() {
        ChangeKind::Changed
    } else {
        ChangeKind::Moved
    }
}

const CHANGE_FIELDS: &str = "id,name,size,webUrl,file,folder,package,remoteItem,malware,root,\
     deleted,parentReference,createdDateTime,createdBy,lastModifiedDateTime,lastModifiedBy";
const NOW: &str = "Changes are kept track of from now on: call again later with `since_cursor`.";
const LABELS: &str = "Graph tells changes without labels; sharepoint_metadata tells them. \
     `moved` is what was not written since: moved, renamed or shared.";
const LOST: &str = "What changed since that cursor is lost: Graph no longer knows it. The new \
     `since_cursor` starts now; sharepoint_browse shows what is there.";
const ONE_FILE: &str =
    "a file; sharepoint_metadata with include `versions` tells how one file changed";
