//! A page of the search index: what it answers, and where the next page begins.

use graph::Operation;
use graph::model::{Hit, SearchAnswer};
use platform::answer::DEFAULT_PAGE_CHARS;
use platform::{Call, Page, ToolError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Client;
use crate::model::Item;

/// How far into the results pages go.
const DEEPEST: usize = 1000;

/// Where the list goes on.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Place {
    from: usize,
}

/// Hits in the order of the index, from a place on.
pub(super) struct Ranked {
    from: usize,
    pub(super) hits: Vec<Hit>,
    more: bool,
}

/// Where a call begins: at the start, or where its cursor says.
pub(super) fn start_of(call: &Call, cursor: Option<&str>) -> Result<usize, ToolError> {
    let place: Option<Place> = cursor.map(|cursor| call.open_cursor(cursor)).transpose()?;
    Ok(place.map_or(0, |place| place.from.min(DEEPEST)))
}

impl Client {
    /// Asks the index; `from` is what the question says too.
    pub(super) async fn ranked(
        &self,
        call: &Call,
        question: Value,
        from: usize,
    ) -> Result<Ranked, ToolError> {
        let answer: SearchAnswer = self.graph.post(call, &Operation::Search, question).await?;
        let containers: Vec<_> =
            answer.value.into_iter().flat_map(|one| one.hits_containers).collect();
        let more = containers.iter().any(|c| c.more_results_available == Some(true));
        let hits = containers.into_iter().flat_map(|container| container.hits).collect();
        Ok(Ranked { from, hits, more })
    }
}

impl Ranked {
    /// A page of what is shown, each with the number of its hit; it is in the audit record then.
    pub(super) fn page(
        &self,
        call: &Call,
        shown: impl Iterator<Item = (usize, Item)>,
    ) -> Page<Item> {
        let (ends, items): (Vec<usize>, Vec<Item>) = shown.unzip();
        let total = self.hits.len();
        let page = Page::fit(call, items, DEFAULT_PAGE_CHARS, |shown| {
            let at = match ends.get(shown) {
                Some(next) => Some(*next),
                None => (self.more && total > 0).then_some(total),
            };
            at.map(|at| Place { from: self.from + at }).filter(|place| place.from < DEEPEST)
        });
        for item in &page.items {
            item.reveal(call);
        }
        page
    }
}
