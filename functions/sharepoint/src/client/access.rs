//! Versions and access: facts about a file or folder that cost a question each.

use graph::model::{Collection, IdentitySet, Permission, Version};
use graph::text::clean;
use graph::{Id, Operation};
use platform::{Call, ToolError};

use super::shape::{when, who};
use super::{Client, select};
use crate::model::{AccessFacts, AccessKind, Facts, Include, VersionFacts};
use crate::reference::Reference;

const MAX_VERSIONS: usize = 50;
const MAX_ACCESS: usize = 100;
const MAX_NAME: usize = 100;
const MAX_WORD: usize = 40;
const PERMISSION_FIELDS: &str =
    "roles,grantedToV2,grantedToIdentitiesV2,grantedTo,inheritedFrom,link,expirationDateTime";

impl Client {
    /// Adds versions and access to what is known of a thing, where they were asked for.
    pub(super) async fn add_access(
        &self,
        call: &Call,
        include: &[Include],
        facts: &mut Facts,
    ) -> Result<(), ToolError> {
        let versions = include.contains(&Include::Versions);
        let access = include.contains(&Include::Access);
        let (drive, item, is_file) = match facts.item.reference.clone() {
            Reference::File { drive, item } => (drive, item, true),
            Reference::Folder { drive, item } => (drive, item, false),
            Reference::Drive { .. }
            | Reference::Site { .. }
            | Reference::List { .. }
            | Reference::Page { .. }
            | Reference::Row { .. } => {
                if versions || access {
                    facts.notes.push("Versions and access are told of files and folders.".into());
                }
                return Ok(());
            }
        };
        if versions && is_file {
            match self.versions(call, &drive, &item).await {
                Ok(found) => facts.versions = Some(found),
                Err(error) => facts.notes.push(unread("Versions", error)?),
            }
        } else if versions {
            facts.notes.push("A folder has no versions.".into());
        }
        if access {
            match self.access(call, &drive, &item).await {
                Ok(found) => {
                    facts.access = Some(found);
                    facts.notes.push(PARTIAL.into());
                }
                Err(error) => facts.notes.push(unread("Access", error)?),
            }
        }
        Ok(())
    }

    async fn versions(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
    ) -> Result<Vec<VersionFacts>, ToolError> {
        let fields = "id,size,lastModifiedBy,lastModifiedDateTime";
        let query = vec![select(fields), ("$top", MAX_VERSIONS.to_string())];
        let operation = Operation::ItemVersions { drive, item };
        let found: Collection<Version> = self.graph.get(call, &operation, query).await?;
        let told = |version: Version| {
            Some(VersionFacts {
                id: clean(&version.id?, MAX_WORD),
                when: when(version.last_modified_date_time),
                who: who(version.last_modified_by.as_ref()),
                size_bytes: version.size,
            })
        };
        Ok(found.value.into_iter().take(MAX_VERSIONS).filter_map(told).collect())
    }

    async fn access(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
    ) -> Result<Vec<AccessFacts>, ToolError> {
        let operation = Operation::ItemPermissions { drive, item };
        let query = vec![select(PERMISSION_FIELDS)];
        let found: Collection<Permission> = self.graph.get(call, &operation, query).await?;
        let mut told: Vec<AccessFacts> = Vec::new();
        for one in found.value.iter().flat_map(entries) {
            if told.len() < MAX_ACCESS && !told.contains(&one) {
                told.push(one);
            }
        }
        Ok(told)
    }
}

/// The people, groups and links of one entry; never the address or the key of a link.
fn entries(permission: &Permission) -> Vec<AccessFacts> {
    let entry = |kind, name: &str, email: Option<String>| AccessFacts {
        kind,
        name: clean(name, MAX_NAME),
        email: email.map(|email| clean(&email, MAX_NAME)),
        roles: permission.roles.iter().map(|role| clean(role, MAX_WORD)).collect(),
        inherited: permission.inherited_from.is_some(),
        until: when(permission.expiration_date_time),
    };
    let mut found = Vec::new();
    if let Some(link) = &permission.link {
        let scope = match link.scope.as_deref() {
            Some("anonymous") => "anyone who has it",
            Some("organization") => "everyone in the organization who has it",
            Some("users") => "named people",
            Some(_) | None => "those who have it",
        };
        found.push(entry(AccessKind::Link, scope, None));
    }
    let owner = permission.granted_to_v2.as_ref().or(permission.granted_to.as_ref());
    for set in owner.into_iter().chain(&permission.granted_to_identities_v2) {
        if let Some((kind, name, email)) = identity(set) {
            found.push(entry(kind, &name, email));
        }
    }
    found
}

fn identity(set: &IdentitySet) -> Option<(AccessKind, String, Option<String>)> {
    let known = [
        (AccessKind::Person, &set.user),
        (AccessKind::Group, &set.group),
        (AccessKind::Group, &set.site_group),
        (AccessKind::App, &set.application),
        (AccessKind::Person, &set.site_user),
    ];
    known.into_iter().find_map(|(kind, one)| {
        let one = one.as_ref()?;
        let name = one.display_name.clone().or(one.email.clone())?;
        Some((kind, name, one.email.clone()))
    })
}

/// A refusal becomes a note: the rest of the facts is still worth telling.
fn unread(what: &str, error: ToolError) -> Result<String, ToolError> {
    match error {
        ToolError::Forbidden { .. }
        | ToolError::NotFound { .. }
        | ToolError::Locked { .. }
        | ToolError::Rejected { .. } => Ok(format!("{what} cannot be read for you.")),
        other => Err(other),
    }
}

const PARTIAL: &str = "Who does not own a thing is told only part of who has access.";
