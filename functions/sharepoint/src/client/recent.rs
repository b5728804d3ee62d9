//! What was worked on lately. The lists that Graph once had for this are gone, so the search index
//! is asked, newest first, and what it answers is checked against the question.

mod me;

use graph::Operation;
use graph::model::{DriveItem, Hit, IdentitySet, SearchAnswer};
use graph::text::phrase;
use platform::answer::DEFAULT_PAGE_CHARS;
use platform::{Call, Page, ToolError};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(super) use self::me::Me;

use super::Client;
use super::search::question::fits;
use super::search::{DEEPEST, Found, Thing, UNCONFIRMED, UNREAD};
use crate::model::{Item, Recent, RecentScope, Search};

/// Where the list goes on.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Place {
    from: usize,
}

impl Client {
    /// Files that the person, or others for the person, worked on lately.
    pub async fn recent(&self, call: &Call, args: &Recent) -> Result<Page<Item>, ToolError> {
        let place: Option<Place> =
            args.cursor.as_deref().map(|cursor| call.open_cursor(cursor)).transpose()?;
        let from = place.map_or(0, |place| place.from.min(DEEPEST));
        let start = match &args.site {
            Some(site) => Some(self.address_of(call, "site", site).await?),
            None if args.scope == RecentScope::Site => {
                return Err(ToolError::invalid("site", "name the site: its ref or URL"));
            }
            None => None,
        };
        let me = match args.scope {
            RecentScope::Mine | RecentScope::Shared => Some(self.me(call).await?),
            RecentScope::Site => None,
        };
        let body = json!({"requests": [{
            "entityTypes": ["driveItem"],
            "query": {"queryString": query(args, start.as_deref(), me.as_deref())},
            "from": from,
            "size": args.limit.get(),
            "sortProperties": [{"name": "lastModifiedDateTime", "isDescending": true}],
        }]});
        let answer: SearchAnswer = self.graph.post(call, &Operation::Search, body).await?;
        let containers: Vec<_> =
            answer.value.into_iter().flat_map(|one| one.hits_containers).collect();
        let more = containers.iter().any(|c| c.more_results_available == Some(true));
        let hits: Vec<Hit> = containers.into_iter().flat_map(|container| container.hits).collect();

        let mut found: Vec<Found<'_>> = hits.iter().enumerate().filter_map(Found::new).collect();
        let unread = self.read_labels(call, &mut found).await?;
        let asked = Search { modified_after: args.since, ..Search::default() };
        let is_wanted = |found: &&Found<'_>| {
            let Thing::File(item, _) = &found.thing else { return false };
            let theirs = me.as_ref().is_none_or(|me| match args.scope {
                RecentScope::Mine => people(item).any(|set| me.is(call, set) != Some(false)),
                RecentScope::Shared => {
                    item.created_by.as_ref().is_none_or(|set| me.is(call, set) != Some(true))
                }
                RecentScope::Site => true,
            });
            theirs && fits(&asked, start.as_deref(), found)
        };
        let (ends, items): (Vec<usize>, Vec<Item>) = (found.iter().filter(is_wanted))
            .filter_map(|found| match &found.thing {
                Thing::File(item, label) => Some((found.at, self.drive_item(item, *label)?)),
                Thing::Row(..) | Thing::Site(_) => None,
            })
            .unzip();
        let total = hits.len();
        let page = Page::fit(call, items, DEFAULT_PAGE_CHARS, |shown| {
            let at = match ends.get(shown) {
                Some(next) => Some(*next),
                None => (more && total > 0).then_some(total),
            };
            at.map(|at| Place { from: from + at }).filter(|place| place.from < DEEPEST)
        });
        for item in &page.items {
            item.reveal(call);
        }
        let shared = (args.scope == RecentScope::Shared).then(|| SHARED.to_owned());
        let unread = unread.then(|| UNREAD.to_owned());
        let unconfirmed = found.iter().any(Found::is_unconfirmed).then(|| UNCONFIRMED.to_owned());
        let page = page.with_note(Some(LAG.to_owned())).with_note(shared);
        Ok(page.with_note(unread).with_note(unconfirmed))
    }
}

fn people(item: &DriveItem) -> impl Iterator<Item = &IdentitySet> {
    item.created_by.iter().chain(&item.last_modified_by)
}

fn query(args: &Recent, start: Option<&str>, me: Option<&Me>) -> String {
    let mut clauses = vec!["isDocument:1".to_owned()];
    match (args.scope, me) {
        (RecentScope::Mine, Some(me)) => clauses.push(me.clause(&["author", "ModifiedBy"])),
        (RecentScope::Shared, Some(me)) => clauses.push(me.clause(&["SharedWithUsersOWSUSER"])),
        (RecentScope::Site, _) | (_, None) => {}
    }
    if let Some(start) = start {
        clauses.push(format!("path:{}", phrase(start)));
    }
    if let Some(since) = args.since {
        clauses.push(format!("LastModifiedTime>={}", since.date()));
    }
    clauses.join(" AND ")
}

const LAG: &str = "The index is some minutes behind: what was saved just now may be missing. \
     sharepoint_browse and sharepoint_changes show a folder as it is.";
const SHARED: &str = "Only what was shared with you by name; what you can open through groups or \
     links is not in this list.";
