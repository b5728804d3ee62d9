//! From the company's content to Graph's JSON, one function per type.

mod files;
mod lists;
mod pages;
mod permissions;

pub use files::{drive, drive_item, path_url, versions, web_url};
pub use lists::{column, list, list_item_of_file, list_item_of_page, list_item_of_row};
pub use pages::{canvas, page};
pub use permissions::{link_urls, permissions};

use serde_json::{Value, json};

use super::labels::CATALOGUE;
use super::model::{Author, Label, Site};
use crate::company::{Group, Person};

/// A person as `microsoft.graph.user`.
pub fn user(person: &Person) -> Value {
    let guest = person.groups.is_empty();
    let mut names = person.name.split_whitespace();
    let department = if person.groups.contains(&Group::Research) { "Research" } else { "Finance" };
    json!({
        "id": person.oid,
        "displayName": person.name,
        "givenName": names.next(),
        "surname": names.next(),
        "userPrincipalName": person.upn,
        // Guests have no mailbox here.
        "mail": if guest { Value::Null } else { person.upn.into() },
        "jobTitle": Value::Null,
        "businessPhones": [],
        "mobilePhone": Value::Null,
        "officeLocation": if guest { Value::Null } else { "Pier 4".into() },
        "preferredLanguage": "en-GB",
        "department": if guest { Value::Null } else { department.into() },
        "accountEnabled": true,
        "userType": if guest { "Guest" } else { "Member" },
        "companyName": if guest { "Partner" } else { "Harbourlight" },
    })
}

/// A site as `microsoft.graph.site`.
pub fn site(site: &Site) -> Value {
    let mut value = json!({
        "id": site.id,
        "name": site.name,
        "displayName": site.title,
        "description": site.description,
        "createdDateTime": site.created,
        "lastModifiedDateTime": site.modified,
        "webUrl": site.url(),
        "siteCollection": {"hostname": site.host},
        "isPersonalSite": site.personal.is_some(),
        "sharepointIds": {
            "siteId": site.id_part(1),
            "siteUrl": site.url(),
            "webId": site.id_part(2),
            "tenantId": crate::company::TENANT,
        },
    });
    if site.parent.is_none() {
        set(&mut value, "root", json!({}));
    }
    value
}

/// A label as `microsoft.graph.sensitivityLabel`, with the labels below it.
pub fn label(label: &Label) -> Value {
    let below: Vec<Value> =
        CATALOGUE.iter().filter(|other| other.parent == Some(label.id)).map(self::label).collect();
    json!({
        "id": label.id,
        "name": label.name,
        "displayName": label.name,
        "description": label.description,
        "toolTip": label.description,
        "autoTooltip": "",
        "priority": label.priority,
        "hasProtection": label.protects,
        "isDefault": label.priority == 1,
        "isEndpointProtectionEnabled": false,
        "isScopedToUser": true,
        "locale": "en-GB",
        "actionSource": "manual",
        // Not in the schema, yet in the samples.
        "color": "#000000",
        "isEnabled": true,
        "applicableTo": "email,file",
        "sublabels": below,
    })
}

/// Someone as `microsoft.graph.identitySet`.
pub fn identity(author: &Author) -> Value {
    match &author.oid {
        Some(oid) => {
            let email = crate::company::person_by_oid(oid).map(|person| person.upn);
            json!({"user": {"id": oid, "displayName": author.name, "email": email}})
        }
        None => json!({"user": {"displayName": author.name}}),
    }
}

/// Percent-encodes a path for a web address, keeping its slashes.
pub fn encode_path(path: &str) -> String {
    const KEEP: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'(')
        .remove(b')')
        .remove(b'\'');
    percent_encoding::utf8_percent_encode(path, &KEEP).to_string()
}

/// Puts a property into an object.
pub fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}
