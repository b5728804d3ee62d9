//! From an operation to its answer.

mod changes;
mod content;
mod files;
mod lists;
mod paging;
mod shares;
mod sites;

use serde_json::Value;

use super::Bearer;
use super::errors::Outcome;
use super::odata::Query;
use super::operations::{Id, Operation};
use super::reply::Reply;
use super::serve::Call;
use super::state::Shared;
use super::world::World;
use crate::company::Person;

/// A request that may be answered: who asks, for what, of which company.
pub struct Ask<'a> {
    /// The stand-in.
    pub shared: &'a Shared,
    /// The company.
    pub world: &'a World,
    /// Who asks.
    pub person: &'static Person,
    /// With which token.
    pub bearer: &'a Bearer,
    /// For what.
    pub operation: &'static Operation,
    /// Variable parts of the path.
    pub vars: &'a [String],
    /// Query options.
    pub query: &'a Query,
    /// The request.
    pub call: &'a Call,
}

impl Ask<'_> {
    /// A variable part of the path.
    pub fn var(&self, index: usize) -> &str {
        self.vars.get(index).map_or("", String::as_str)
    }

    /// `@odata.context` of an answer.
    pub fn context(&self, of: &str) -> Value {
        format!("{}/$metadata#{of}", self.shared.base).into()
    }
}

/// A token with which a list of changes starts from the beginning.
pub fn beginning(ask: &Ask<'_>) -> String {
    changes::beginning(ask)
}

/// The refusal of a token that is too old, for a request that carries one.
pub fn too_old(ask: &Ask<'_>) -> Option<super::errors::Refusal> {
    let carries = ["token", "$deltatoken"].iter().any(|name| {
        ask.query.get(name).is_some_and(|token| !token.is_empty() && token != "latest")
    });
    carries.then(|| changes::start_again(ask))
}

/// Answers a request.
///
/// # Errors
/// What Graph refuses.
pub fn answer(ask: &Ask<'_>) -> Outcome<Reply> {
    match ask.operation.id {
        Id::Me => sites::me(ask),
        Id::MeDrive => sites::my_drive(ask),
        Id::SitesSearch => sites::search(ask),
        Id::SitesGet => sites::get(ask),
        Id::SitesGetByPath => sites::get_by_path(ask),
        Id::SitesFollowed => sites::followed(ask),
        Id::SitesSubsites => sites::subsites(ask),
        Id::SiteDrives => sites::drives(ask),
        Id::SiteDriveDefault => sites::default_drive(ask),
        Id::SensitivityLabels | Id::MySensitivityLabels => sites::labels(ask),
        Id::DriveGet => files::drive(ask),
        Id::DriveRoot => files::root(ask),
        Id::ItemGet => files::get(ask),
        Id::ItemGetByPath => files::get_by_path(ask),
        Id::ItemChildren => files::children(ask),
        Id::ItemChildrenByPath => files::children_by_path(ask),
        Id::ItemListItem => files::list_item(ask),
        Id::ItemContent => content::content(ask),
        Id::ItemVersions => content::versions(ask),
        Id::ItemVersionContent => content::version_content(ask),
        Id::ItemPermissions => content::permissions(ask),
        Id::ItemExtractLabels => content::extract_labels(ask),
        Id::DriveSearch => files::search(ask),
        Id::DriveDelta => files::delta(ask),
        Id::ShareDriveItem => shares::shared(ask),
        Id::SiteLists => lists::all(ask),
        Id::ListGet => lists::get(ask),
        Id::ListColumns => lists::columns(ask),
        Id::ListItems => lists::items(ask),
        Id::ListItemGet => lists::item(ask),
        Id::ListItemsDelta => lists::delta(ask),
        Id::SitePages => lists::pages(ask),
        Id::SitePageGet => lists::page(ask),
        Id::SearchQuery => super::search::answer(ask).map(Reply::json),
        Id::Batch => Err(super::errors::Refusal::bad_request("A batch cannot hold a batch.")),
        // The leg without a bearer is answered elsewhere.
        Id::Download => Err(super::errors::Refusal::not_found()),
    }
}
