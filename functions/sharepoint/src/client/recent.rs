//! What was worked on lately. The lists that Graph once had for this are gone, so the search index
//! is asked, newest first, and what it answers is checked against the question.

mod me;

use graph::model::{DriveItem, IdentitySet};
use graph::text::phrase;
use platform::{Call, Page, ToolError};
use serde_json::json;

pub(super) use self::me::Me;

use super::Client;
use super::ranked::start_of;
use super::search::question::fits;
use super::search::{Found, Thing, UNCONFIRMED, UNREAD};
use crate::model::{Item, Recent, RecentScope, Search};

impl Client {
    /// Files that the person, or others for the person, worked on lately.
    pub async fn recent(&self, call: &Call, args: &Recent) -> Result<Page<Item>, ToolError> {
        let from = start_of(call, args.cursor.as_deref())?;
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
        let ranked = self.ranked(call, body, from).await?;

        let mut found: Vec<Found<'_>> =
            ranked.hits.iter().enumerate().filter_map(Found::new).collect();
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
        let shown = (found.iter().filter(is_wanted)).filter_map(|found| match &found.thing {
            Thing::File(item, label) => Some((found.at, self.drive_item(item, *label)?)),
            Thing::Row(..) | Thing::Site(_) => None,
        });
        let page = ranked.page(call, shown);
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
