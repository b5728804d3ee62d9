//! Browsing: the root view, a site, a folder. Each is one or more lists one after the other, and
//! a cursor knows the list, the page of it, and how much of that page was shown.

use graph::batch::Part;
use graph::labels::COLUMN_EXPAND;
use graph::model::{Collection, Drive, DriveItem, List, Site, SitePage};
use graph::{Id, Listing, Operation, Position};
use jiff::Timestamp;
use platform::answer::DEFAULT_PAGE_CHARS;
use platform::{Call, Page, ToolError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Client, DRIVE_FIELDS, ITEM_FIELDS, LIST_FIELDS, PAGE_FIELDS, SITE_FIELDS, select, shape,
};
use crate::model::{Browse, BrowseSort, Item};
use crate::reference::Reference;

/// Where browsing goes on.
#[derive(Clone, Serialize, Deserialize)]
struct Place {
    stage: usize,
    link: Option<Position>,
    skip: usize,
}

/// One of the lists that make up a view.
#[derive(Clone, Copy)]
enum Stage<'a> {
    MyDrive,
    Followed,
    Libraries(&'a Id),
    Lists(&'a Id),
    Pages(&'a Id),
    Folder(&'a Id, &'a Id, BrowseSort),
}

/// An item, and where browsing goes on after it.
struct Entry {
    item: Item,
    after: Option<Place>,
}

impl Client {
    /// What is in a site, a library or a folder; without a target, where to start.
    pub async fn browse(&self, call: &Call, args: &Browse) -> Result<Page<Item>, ToolError> {
        let from: Option<Place> =
            args.cursor.as_deref().map(|cursor| call.open_cursor(cursor)).transpose()?;
        let target = args.target.as_deref().map(str::trim).filter(|target| !target.is_empty());
        let target = match target {
            Some(target) => Some(self.resolve(call, "target", target).await?),
            None => None,
        };
        let root = Id::root();
        let stages = match &target {
            None => vec![Stage::MyDrive, Stage::Followed],
            Some(Reference::Site { site }) => {
                vec![Stage::Libraries(site), Stage::Lists(site), Stage::Pages(site)]
            }
            Some(Reference::Drive { drive }) => vec![Stage::Folder(drive, &root, args.sort)],
            Some(Reference::Folder { drive, item }) => vec![Stage::Folder(drive, item, args.sort)],
            Some(
                Reference::File { .. }
                | Reference::List { .. }
                | Reference::Page { .. }
                | Reference::Row { .. },
            ) => {
                let problem = "only sites, libraries and folders can be opened; \
                     sharepoint_metadata tells about other things";
                return Err(ToolError::invalid("target", problem));
            }
        };
        self.list(call, &stages, from, args.limit.get()).await
    }

    async fn list(
        &self,
        call: &Call,
        stages: &[Stage<'_>],
        from: Option<Place>,
        limit: usize,
    ) -> Result<Page<Item>, ToolError> {
        let from = from.unwrap_or(Place { stage: 0, link: None, skip: 0 });
        let (answers, mut notes) = self.ask(call, stages, &from, limit).await?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut end: Option<Place> = None;
        for (stage, listing) in answers {
            let (link, skip) =
                if stage == from.stage { (from.link.clone(), from.skip) } else { (None, 0) };
            let finished = listing.next.is_none();
            let next = match listing.next {
                Some(next) => Some(Place { stage, link: Some(next), skip: 0 }),
                None => (stage + 1 < stages.len()).then_some(Place {
                    stage: stage + 1,
                    link: None,
                    skip: 0,
                }),
            };
            let total = listing.items.len();
            for (at, item) in listing.items.into_iter().enumerate().skip(skip) {
                let here = Place { stage, link: link.clone(), skip: at + 1 };
                let after = if at + 1 < total { Some(here) } else { next.clone() };
                entries.extend(item.map(|item| Entry { item, after }));
            }
            end = next;
            if !finished {
                break;
            }
        }
        // Nothing follows what was the last thing of the last list.
        let whole = entries.len() <= limit;
        entries.truncate(limit);
        let (items, after): (Vec<Item>, Vec<Option<Place>>) =
            entries.into_iter().map(|entry| (entry.item, entry.after)).unzip();
        let page = Page::fit(call, items, DEFAULT_PAGE_CHARS, |shown| {
            if shown == after.len() && whole {
                return end.clone();
            }
            shown.checked_sub(1).and_then(|at| after.get(at)).cloned().flatten()
        });
        for item in &page.items {
            item.reveal(call);
        }
        if page.items.is_empty() && page.next_cursor.is_none() {
            notes.push("There is nothing here that you may see.".to_owned());
        }
        Ok(notes.into_iter().fold(page, |page, note| page.with_note(Some(note))))
    }

    /// One page of each list from the place on, in one request.
    async fn ask(
        &self,
        call: &Call,
        stages: &[Stage<'_>],
        from: &Place,
        limit: usize,
    ) -> Result<(Vec<(usize, Listing<Option<Item>>)>, Vec<String>), ToolError> {
        let now = call.now();
        let wanted: Vec<(usize, Stage<'_>)> =
            stages.iter().copied().enumerate().skip(from.stage).collect();
        if wanted.is_empty() {
            return Err(ToolError::InvalidCursor);
        }
        if let [(number, stage)] = wanted.as_slice()
            && !matches!(stage, Stage::MyDrive)
        {
            let (operation, query) = stage.question(limit);
            let page = self.graph.page::<Value>(call, &operation, query, from.link.clone()).await?;
            let items =
                page.items.into_iter().map(|entry| self.entry(*stage, entry, now)).collect();
            return Ok((vec![(*number, Listing { items, next: page.next })], Vec::new()));
        }
        let parts: Vec<Part<'_>> = (wanted.iter())
            .map(|(number, stage)| {
                let (operation, query) = stage.question(limit);
                let link = from.link.clone().filter(|_| *number == from.stage);
                Part { operation, query, from: link }
            })
            .collect();
        let answers = self.graph.batch::<Value>(call, &parts).await?;
        let mut listings = Vec::new();
        let mut notes = Vec::new();
        let mut refused = None;
        for ((number, stage), answer) in wanted.iter().zip(answers) {
            match answer.and_then(|answer| self.listing(*stage, limit, answer, now)) {
                Ok(listing) => listings.push((*number, listing)),
                // Not everyone has a OneDrive, and not every site has pages.
                Err(
                    error @ (ToolError::NotFound { .. }
                    | ToolError::Forbidden { .. }
                    | ToolError::Rejected { .. }),
                ) => {
                    notes.push(format!("{} could not be listed.", stage.name()));
                    refused = refused.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        match refused {
            Some(error) if listings.is_empty() => Err(error),
            _ => Ok((listings, notes)),
        }
    }

    fn listing(
        &self,
        stage: Stage<'_>,
        limit: usize,
        answer: Value,
        now: Timestamp,
    ) -> Result<Listing<Option<Item>>, ToolError> {
        if matches!(stage, Stage::MyDrive) {
            return Ok(Listing { items: vec![self.entry(stage, answer, now)], next: None });
        }
        let collection: Collection<Value> =
            serde_json::from_value(answer).map_err(|_| ToolError::Internal)?;
        let (operation, _) = stage.question(limit);
        let listing = self.graph.listing(&operation, collection)?;
        let items = listing.items.into_iter().map(|entry| self.entry(stage, entry, now)).collect();
        Ok(Listing { items, next: listing.next })
    }

    /// One entry of a list; `None` for what people do not see as one.
    fn entry(&self, stage: Stage<'_>, entry: Value, now: Timestamp) -> Option<Item> {
        match stage {
            Stage::MyDrive | Stage::Libraries(_) => {
                shape::drive(&serde_json::from_value::<Drive>(entry).ok()?)
            }
            Stage::Followed => shape::site_as_item(&serde_json::from_value::<Site>(entry).ok()?),
            Stage::Lists(site) => shape::list(site, &serde_json::from_value::<List>(entry).ok()?),
            Stage::Pages(site) => self.page(site, &serde_json::from_value::<SitePage>(entry).ok()?),
            Stage::Folder(..) => {
                let item: DriveItem = serde_json::from_value(entry).ok()?;
                self.drive_item(&item, self.evidence(&item, now))
            }
        }
    }
}

impl Stage<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::MyDrive => "Your OneDrive",
            Self::Followed => "The sites you follow",
            Self::Libraries(_) => "The libraries",
            Self::Lists(_) => "The lists",
            Self::Pages(_) => "The pages",
            Self::Folder(..) => "The folder",
        }
    }

    fn question(&self, limit: usize) -> (Operation<'_>, Vec<(&'static str, String)>) {
        let top = ("$top", limit.to_string());
        match *self {
            Self::MyDrive => (Operation::MyDrive, vec![select(DRIVE_FIELDS)]),
            Self::Followed => (Operation::SitesFollowed, vec![select(SITE_FIELDS)]),
            Self::Libraries(site) => {
                (Operation::SiteDrives { site }, vec![select(DRIVE_FIELDS), top])
            }
            Self::Lists(site) => (Operation::SiteLists { site }, vec![select(LIST_FIELDS), top]),
            Self::Pages(site) => (Operation::SitePages { site }, vec![select(PAGE_FIELDS), top]),
            Self::Folder(drive, item, sort) => {
                let order = match sort {
                    BrowseSort::Name => "name",
                    BrowseSort::Modified => "lastModifiedDateTime desc",
                };
                let query = vec![
                    select(ITEM_FIELDS),
                    ("$expand", COLUMN_EXPAND.to_owned()),
                    ("$orderby", order.to_owned()),
                    top,
                ];
                (Operation::ItemChildren { drive, item }, query)
            }
        }
    }
}
