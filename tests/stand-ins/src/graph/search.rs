//! `POST /search/query`.

mod hits;
mod index;

use serde::Deserialize;
use serde_json::{Value, json};

use http::StatusCode;

use super::answers::Ask;
use super::errors::{Outcome, Refusal};
use super::kql::Kql;
use hits::Hit;

#[derive(Deserialize)]
struct Body {
    requests: Vec<Value>,
}

/// One `searchRequest`; properties that it does not know are refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    entity_types: Vec<String>,
    query: Query,
    #[serde(default)]
    from: i64,
    size: Option<i64>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    sort_properties: Vec<Sort>,
    region: Option<String>,
    content_sources: Option<Vec<String>>,
    enable_top_results: Option<bool>,
    aggregations: Option<Value>,
    aggregation_filters: Option<Value>,
    collapse_properties: Option<Value>,
    query_alteration_options: Option<Value>,
    result_template_options: Option<Value>,
    share_point_one_drive_options: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Query {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    #[serde(rename = "queryString")]
    text: String,
    #[serde(rename = "queryTemplate")]
    template: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sort {
    #[serde(rename = "@odata.type")]
    _type: Option<String>,
    name: String,
    #[serde(default)]
    is_descending: bool,
}

const FILES: [&str; 5] = ["driveItem", "listItem", "list", "site", "drive"];
const OTHERS: [&str; 9] = [
    "message",
    "event",
    "chatMessage",
    "person",
    "externalItem",
    "acronym",
    "bookmark",
    "qna",
    "unknownFutureValue",
];
const DEFAULT_SIZE: i64 = 25;
const LARGEST: i64 = 500;

/// Answers a search.
///
/// # Errors
/// What Graph refuses.
pub fn answer(ask: &Ask<'_>) -> Outcome<Value> {
    let json =
        ask.call.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !json {
        return Err(unreadable());
    }
    let body: Body = serde_json::from_slice(&ask.call.body).map_err(|_| unreadable())?;
    let request = match body.requests.as_slice() {
        [one] => Request::deserialize(one)
            .map_err(|error| Refusal::bad_request(format!("Invalid search request: {error}")))?,
        [] => return Err(unreadable()),
        _ => {
            return Err(Refusal::bad_request("The number of search requests must be equal to 1."));
        }
    };
    check(ask, &request)?;
    let template = request.query.template.as_deref();
    let text = match template {
        // The service puts the words in as they are, so that they can break out of a template.
        Some(template) if template.contains("{searchTerms}") => {
            template.replace("{searchTerms}", &request.query.text)
        }
        Some(template) => template.to_owned(),
        None => request.query.text.clone(),
    };
    let query = Kql::parse(&text)?;
    let mut found: Vec<Hit<'_>> = index::entries(ask.world, ask.person, &request.entity_types)
        .into_iter()
        .filter(|hit| query.matches(&hit.entry))
        .collect();
    sort(&mut found, &request.sort_properties)?;
    let total = found.len();
    let from = usize::try_from(request.from).unwrap_or_default();
    let size = usize::try_from(request.size.unwrap_or(DEFAULT_SIZE)).unwrap_or_default();
    let words = query.words();
    let hits: Vec<Value> = found
        .iter()
        .enumerate()
        .skip(from)
        .take(size)
        .map(|(at, hit)| hits::shape(ask.world, hit, at + 1, &words, &request.fields))
        .collect();
    let more = from.saturating_add(hits.len()) < total;
    let mut container = json!({"total": total, "moreResultsAvailable": more});
    if !hits.is_empty() {
        super::shapes::set(&mut container, "hits", hits.into());
    }
    let terms: Vec<&str> = request.query.text.split_whitespace().collect();
    Ok(json!({
        "@odata.context": format!("{}/$metadata#Collection(microsoft.graph.searchResponse)", ask.shared.base),
        "value": [{"searchTerms": terms, "hitsContainers": [container]}],
    }))
}

fn unreadable() -> Refusal {
    Refusal::bad_request(
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    )
}

fn check(ask: &Ask<'_>, request: &Request) -> Outcome<()> {
    let types: Vec<&str> = request.entity_types.iter().map(String::as_str).collect();
    if types.is_empty() {
        return Err(Refusal::bad_request("entityTypes must not be empty."));
    }
    if let Some(unknown) = types.iter().find(|name| !FILES.contains(name) && !OTHERS.contains(name))
    {
        return Err(Refusal::bad_request(format!(
            "Cannot convert the literal '{unknown}' to the expected type 'microsoft.graph.entityType'."
        )));
    }
    if types.iter().any(|name| OTHERS.contains(name)) {
        return Err(if types.len() > 1 {
            Refusal::bad_request("The combination of entity types is not supported.")
        } else {
            lacks(ask, &types)
        });
    }
    if !["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"]
        .iter()
        .any(|scope| ask.bearer.scopes.iter().any(|own| own == scope))
    {
        return Err(lacks(ask, &types));
    }
    if request.region.is_some() {
        return Err(Refusal::bad_request(
            "Region is only supported for requests with application permissions.",
        ));
    }
    if request.content_sources.is_some() || request.enable_top_results == Some(true) {
        return Err(Refusal::bad_request(
            "The property is not supported for the requested entity types.",
        ));
    }
    let size = request.size.unwrap_or(DEFAULT_SIZE);
    if !(1..=LARGEST).contains(&size) {
        return Err(Refusal::bad_request(format!(
            "The size must be between 1 and {LARGEST}. Value: {size}"
        )));
    }
    if request.from < 0 || request.from > 100_000 {
        return Err(Refusal::bad_request("The value of 'from' is out of range."));
    }
    let unplayed = [
        &request.aggregations,
        &request.aggregation_filters,
        &request.collapse_properties,
        &request.query_alteration_options,
        &request.result_template_options,
        &request.share_point_one_drive_options,
    ];
    if unplayed.into_iter().any(Option::is_some) {
        ask.shared.violation("search-option-not-played", "an option the stand-in does not act on");
    }
    Ok(())
}

fn lacks(ask: &Ask<'_>, types: &[&str]) -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        "Forbidden",
        format!(
            "Access to {types:?} in Graph API requires the following permissions: Files.Read.All, Sites.Read.All. However, the application only has the following permissions granted: {}",
            ask.bearer.scopes.join(", ")
        ),
    )
}

fn sort(found: &mut [Hit<'_>], by: &[Sort]) -> Outcome<()> {
    let known = [
        "lastmodifieddatetime",
        "lastmodifiedtime",
        "createddatetime",
        "created",
        "name",
        "filename",
        "title",
        "size",
    ];
    if let Some(sort) = by.iter().find(|sort| !known.contains(&sort.name.to_lowercase().as_str())) {
        return Err(Refusal::bad_request(format!("The property '{}' is not sortable.", sort.name)));
    }
    for sort in by.iter().rev() {
        found.sort_by(|left, right| {
            let (left, right) = (&left.entry, &right.entry);
            let order = match sort.name.to_lowercase().as_str() {
                "createddatetime" | "created" => left.created.cmp(&right.created),
                "name" | "filename" => {
                    left.filename.to_lowercase().cmp(&right.filename.to_lowercase())
                }
                "title" => left.title.to_lowercase().cmp(&right.title.to_lowercase()),
                "size" => left.size.cmp(&right.size),
                _ => left.modified.cmp(&right.modified),
            };
            if sort.is_descending { order.reverse() } else { order }
        });
    }
    Ok(())
}
