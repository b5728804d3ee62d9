//! Sites by name, and the labels of the tenant.

use graph::model::Site;
use graph::text::clean;
use graph::{Operation, Position};
use platform::answer::DEFAULT_PAGE_CHARS;
use platform::{Call, Page, ToolError};
use serde::{Deserialize, Serialize};

use super::{Client, SITE_FIELDS, select, shape};
use crate::model::{FindSites, LabelRule, LabelRules, SiteItem};
use crate::policy::Rule;

const MAX_QUERY: usize = 200;

/// Where a list of sites goes on.
#[derive(Clone, Serialize, Deserialize)]
struct Place {
    link: Option<Position>,
    skip: usize,
}

impl Client {
    /// Sites by words in their name, or those that the person follows.
    pub async fn find_sites(
        &self,
        call: &Call,
        args: &FindSites,
    ) -> Result<Page<SiteItem>, ToolError> {
        let from: Option<Place> =
            args.cursor.as_deref().map(|cursor| call.open_cursor(cursor)).transpose()?;
        let from = from.unwrap_or(Place { link: None, skip: 0 });
        let words = clean(args.query.as_deref().unwrap_or_default(), MAX_QUERY);
        let limit = args.limit.get();
        let (operation, query) = if words.is_empty() {
            (Operation::SitesFollowed, vec![select(SITE_FIELDS)])
        } else {
            let top = ("$top", limit.to_string());
            (Operation::SitesSearch, vec![("search", words.clone()), select(SITE_FIELDS), top])
        };
        let listing = self.graph.page::<Site>(call, &operation, query, from.link.clone()).await?;
        let total = listing.items.len();
        let rows: Vec<(usize, SiteItem)> = (listing.items.iter().enumerate().skip(from.skip))
            .filter_map(|(at, found)| Some((at + 1, shape::site(found)?)))
            .take(limit)
            .collect();
        let (ends, items): (Vec<usize>, Vec<SiteItem>) = rows.into_iter().unzip();
        let page = Page::fit(call, items, DEFAULT_PAGE_CHARS, |shown| {
            let end = shown.checked_sub(1).and_then(|at| ends.get(at)).copied().unwrap_or(total);
            if end < total {
                return Some(Place { link: from.link.clone(), skip: end });
            }
            listing.next.clone().map(|next| Place { link: Some(next), skip: 0 })
        });
        for site in &page.items {
            let decision = platform::Decision::Allowed;
            call.reveal(site.reference.kind(), &site.reference.ids(), None, decision);
        }
        let advice = (page.items.is_empty() && words.is_empty()).then(|| {
            "You follow no sites; give a query, or `*` for all sites you can see.".to_owned()
        });
        Ok(page.with_note(advice))
    }

    /// The tenant's labels, with what this deployment does about each.
    pub async fn labels(&self, call: &Call) -> Result<LabelRules, ToolError> {
        let mut notes = Vec::new();
        let rule = |id| if self.policy.permits(id) { Rule::Allow } else { Rule::Redact };
        let mut items: Vec<LabelRule> = match self.graph.label_catalogue(call).await {
            Ok(known) => {
                let rules = known.iter().map(|label| LabelRule {
                    id: label.id.to_string(),
                    name: Some(label.name.clone()).filter(|name| !name.is_empty()),
                    description: label.description.clone().filter(|text| !text.is_empty()),
                    decision: rule(label.id),
                });
                rules.collect()
            }
            Err(
                ToolError::Forbidden { .. }
                | ToolError::NotFound { .. }
                | ToolError::Rejected { .. }
                | ToolError::NotGranted { .. },
            ) => {
                notes.push("The tenant's labels cannot be read for you; these are the labels that this deployment names.".to_owned());
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        for (id, name) in self.policy.listed() {
            if !items.iter().any(|item| item.id == id.to_string()) {
                let name = Some(name.to_owned()).filter(|name| !name.is_empty());
                items.push(LabelRule {
                    id: id.to_string(),
                    name,
                    description: None,
                    decision: rule(id),
                });
            }
        }
        notes.push(
            "Content that is withheld can be opened in SharePoint by whoever may see it there."
                .to_owned(),
        );
        Ok(LabelRules {
            items,
            unlabelled: self.policy.unlabelled(),
            classes: self.policy.classes(),
            notes,
        })
    }
}
