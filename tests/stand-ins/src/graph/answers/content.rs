//! What is in a file: its bytes, its versions, its labels; who may see it.

use http::StatusCode;
use serde_json::{Value, json};

use super::Ask;
use super::files::item;
use super::paging::page;
use crate::graph::content;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::Kind;
use crate::graph::reply::{Payload, Reply};
use crate::graph::shapes;
use crate::graph::types::{PERMISSION, VERSION};

pub(super) fn content(ask: &Ask<'_>) -> Outcome<Reply> {
    let item = item(ask)?;
    let Kind::File(versions) = &item.kind else {
        return Err(match item.kind {
            Kind::Package(_) => {
                Refusal::new(StatusCode::BAD_REQUEST, "notSupported", "Operation not supported")
            }
            _ => Refusal::not_found(),
        });
    };
    if item.malware {
        return Err(Refusal::access_denied().with_inner("malwareDetected"));
    }
    if let Some(format) = ask.query.get("format") {
        let message = format!("Conversion to {format} is not available for this file.");
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "notSupported", message));
    }
    let last = versions.len().checked_sub(1).ok_or_else(Refusal::not_found)?;
    Ok(redirect(content::address(ask.shared, item, last)))
}

fn redirect(to: String) -> Reply {
    Reply::new(StatusCode::FOUND, Payload::Empty)
        .with_header("location", to)
        .with_header("cache-control", "no-store")
}

pub(super) fn versions(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &VERSION)?;
    let found = shapes::versions(item(ask)?);
    Ok(page(ask, found, &options, &VERSION, "Collection(driveItemVersion)"))
}

pub(super) fn version_content(ask: &Ask<'_>) -> Outcome<Reply> {
    let item = item(ask)?;
    let Kind::File(versions) = &item.kind else {
        return Err(Refusal::not_found());
    };
    let number: Option<usize> =
        ask.var(2).strip_suffix(".0").and_then(|number| number.parse().ok());
    let number = number.and_then(|number| number.checked_sub(1)).ok_or_else(Refusal::not_found)?;
    if item.malware {
        return Err(Refusal::access_denied().with_inner("malwareDetected"));
    }
    match number + 1 {
        next if next == versions.len() => {
            Err(Refusal::invalid_request("You cannot get the content of the current version."))
        }
        next if next < versions.len() => Ok(redirect(content::address(ask.shared, item, number))),
        _ => Err(Refusal::not_found()),
    }
}

pub(super) fn permissions(ask: &Ask<'_>) -> Outcome<Reply> {
    let options = ask.query.options(ask.operation, &PERMISSION)?;
    let found = shapes::permissions(ask.world, item(ask)?, ask.person);
    Ok(page(ask, found, &options, &PERMISSION, "Collection(permission)"))
}

pub(super) fn extract_labels(ask: &Ask<'_>) -> Outcome<Reply> {
    let item = item(ask)?;
    let Some(current) = item.current() else {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "notSupported",
            "Operation not supported",
        ));
    };
    if let Some(code) = item.labels.locked {
        return Err(Refusal::new(StatusCode::LOCKED, code, "The file's label cannot be read."));
    }
    let extracted = item.labels.extracted.as_ref().unwrap_or(&item.labels.file);
    let labels: Vec<Value> = extracted
        .iter()
        .filter(|_| !current.bytes.is_empty())
        .map(|(label, tenant)| {
            json!({"sensitivityLabelId": label, "assignmentMethod": "standard", "tenantId": tenant})
        })
        .collect();
    Ok(Reply::json(json!({
        "@odata.context": ask.context("microsoft.graph.extractSensitivityLabelsResult"),
        "labels": labels,
    })))
}
