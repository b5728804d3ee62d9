//! What a test can make go wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Bearer;
use super::errors::{Refusal, RequestIds};
use super::operations::Id;
use super::reply::{Delay, Payload, Reply};
use crate::company::{OTHER_TENANT, person};

/// Something that goes wrong a number of times.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only this operation.
    #[serde(default)]
    pub operation: Option<Id>,
    /// Only this person, by short name or object id.
    #[serde(default)]
    pub person: Option<String>,
    /// How often; once when not said.
    #[serde(default = "once")]
    pub times: u32,
    /// What goes wrong.
    pub fault: Kind,
}

fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 429 with this `Retry-After`: `"2"`, `"0.5"`, or an HTTP date.
    Throttled(String),
    /// 429 without `Retry-After`.
    ThrottledSilently,
    /// 503, with this `Retry-After` if any.
    Unavailable(Option<String>),
    /// 504 with an HTML page.
    GatewayTimeout,
    /// The right answer, that many milliseconds late.
    Slow(u64),
    /// No answer.
    Hang,
    /// Half of the right answer.
    Truncated,
    /// Ten megabytes.
    Huge,
    /// Not JSON, though it says so.
    WrongJson,
    /// JSON of another shape.
    WrongShape,
    /// Properties and enum members that no schema knows.
    UnknownFields,
    /// Every property but `id` left out.
    MissingFields,
    /// Every property but `id` null.
    NullFields,
    /// 401 with these claims, for tokens of clients that declared `cp1`; a plain 401 for others.
    InsufficientClaims(Value),
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 410 with a location to start again from.
    Resync,
    /// 410 with a location to start again from, for requests that continue a list of changes; others
    /// are answered as ever.
    TokenTooOld,
    /// The last entry of a page comes once more at its start, with an older name.
    Duplicates,
    /// 302 to that address.
    Redirect(String),
    /// A link to the next page that leads to this page.
    RepeatedNextLink,
    /// A link to the next page on that host.
    ForeignNextLink(String),
    /// An empty page with a link to the real one.
    EmptyPage,
    /// 423 with this code, when labels are asked for.
    LabelLocked(String),
    /// Labels as `{"value": {"labels": …}}`.
    LabelsInValue,
    /// Labels as `{"value": […]}`.
    LabelsAsArray,
    /// Labels of another company.
    ForeignTenantLabel,
}

impl Fault {
    /// A fault that hits everyone once.
    pub fn once(fault: Kind) -> Self {
        Self { operation: None, person: None, times: 1, fault }
    }

    /// The same fault for one operation only.
    #[must_use]
    pub fn on(mut self, operation: Id) -> Self {
        self.operation = Some(operation);
        self
    }

    /// The same fault for one person only, by short name or object id.
    #[must_use]
    pub fn of(mut self, person: &str) -> Self {
        self.person = Some(person.to_owned());
        self
    }

    /// The same fault that many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn hits(&self, operation: Id, oid: &str) -> bool {
        self.times > 0
            && self.operation.is_none_or(|own| own == operation)
            && self
                .person
                .as_deref()
                .is_none_or(|own| own == oid || person(own).is_some_and(|person| person.oid == oid))
    }
}

/// Takes the first fault that hits, and counts it.
pub fn take(faults: &mut Vec<Fault>, operation: Id, oid: &str) -> Option<Kind> {
    let hit = faults.iter_mut().find(|fault| fault.hits(operation, oid))?;
    hit.times -= 1;
    let kind = hit.fault.clone();
    faults.retain(|fault| fault.times > 0);
    Some(kind)
}

/// The answer of a fault that needs no right answer.
pub fn instead(kind: &Kind, bearer: &Bearer, base: &str, ids: &RequestIds) -> Option<Reply> {
    let refuse = |refusal: &Refusal| Some(Reply::refused(refusal, ids));
    match kind {
        Kind::Throttled(after) => refuse(&throttled().with_header("retry-after", after)),
        Kind::ThrottledSilently => refuse(&throttled()),
        Kind::Unavailable(after) => {
            let mut refusal = Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "serviceNotAvailable",
                "The service is not available. Try the request again after a delay.",
            );
            if let Some(after) = after {
                refusal = refusal.with_header("retry-after", after);
            }
            refuse(&refusal)
        }
        Kind::GatewayTimeout => {
            let html = "<html><head><title>504 Gateway Time-out</title></head><body><h1>504</h1></body></html>";
            let payload = Payload::Bytes("text/html", Bytes::from_static(html.as_bytes()));
            Some(Reply::new(StatusCode::GATEWAY_TIMEOUT, payload))
        }
        Kind::Hang => {
            let mut reply = Reply::new(StatusCode::OK, Payload::Empty);
            reply.delay = Delay::Forever;
            Some(reply)
        }
        Kind::Huge => {
            let filler = "x".repeat(10 * 1024 * 1024);
            Some(Reply::json(json!({"value": [], "filler": filler})))
        }
        Kind::WrongJson => {
            let payload = Payload::Bytes("application/json", Bytes::from_static(b"{\"value\": [,"));
            Some(Reply::new(StatusCode::OK, payload))
        }
        Kind::WrongShape => Some(Reply::json(json!({"value": "none", "id": {"of": []}}))),
        Kind::InsufficientClaims(claims) => refuse(&insufficient(claims, bearer)),
        Kind::Unauthorized => refuse(&Refusal::unauthenticated("Access token validation failure.")),
        Kind::Forbidden => refuse(&Refusal::access_denied()),
        Kind::Resync => refuse(
            &Refusal::new(StatusCode::GONE, "resyncRequired", "Resync required.")
                .with_inner("resyncChangesApplyDifferences")
                .with_header("location", format!("{base}/me/drive/root/delta?token=latest")),
        ),
        Kind::Redirect(to) => {
            Some(Reply::new(StatusCode::FOUND, Payload::Empty).with_header("location", to))
        }
        Kind::LabelLocked(code) => {
            let message = "The file's label cannot be read.";
            let mut reply =
                Reply::refused(&Refusal::new(StatusCode::LOCKED, "notAllowed", message), ids);
            if let Payload::Json(body) = &mut reply.payload
                && let Some(error) = body.get_mut("error")
            {
                put(error, "code", code.clone().into());
            }
            Some(reply)
        }
        Kind::Slow(_)
        | Kind::Truncated
        | Kind::UnknownFields
        | Kind::MissingFields
        | Kind::NullFields
        | Kind::RepeatedNextLink
        | Kind::ForeignNextLink(_)
        | Kind::EmptyPage
        | Kind::TokenTooOld
        | Kind::Duplicates
        | Kind::LabelsInValue
        | Kind::LabelsAsArray
        | Kind::ForeignTenantLabel => None,
    }
}

fn throttled() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "activityLimitReached",
        "The request has been throttled",
    )
}

fn insufficient(claims: &Value, bearer: &Bearer) -> Refusal {
    let mut refusal = Refusal::unauthenticated(
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
    );
    if bearer.cp1 {
        let claims = STANDARD.encode(claims.to_string());
        refusal.headers = vec![(
            "www-authenticate",
            format!(
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\", error=\"insufficient_claims\", claims=\"{claims}\""
            ),
        )];
    }
    refusal
}

/// Spoils the right answer to the request at this address.
pub fn spoil(kind: &Kind, mut reply: Reply, here: &str, next: &str) -> Reply {
    if let Kind::Slow(millis) = kind {
        reply.delay = Delay::Millis(*millis);
        return reply;
    }
    if matches!(kind, Kind::Truncated) {
        let (media, bytes) = match reply.payload {
            Payload::Json(value) => ("application/json", Bytes::from(value.to_string())),
            Payload::Bytes(media, bytes) | Payload::Broken(media, bytes) => (media, bytes),
            Payload::Empty => ("text/plain", Bytes::from_static(b"..")),
        };
        reply.payload = Payload::Broken(media, bytes);
        return reply;
    }
    let Payload::Json(body) = &mut reply.payload else {
        return reply;
    };
    match kind {
        Kind::UnknownFields => each(body, &strange),
        Kind::MissingFields => each(body, &|entity| {
            if let Some(object) = entity.as_object_mut() {
                object.retain(|key, _| key == "id");
            }
        }),
        Kind::NullFields => each(body, &|entity| {
            for (key, value) in entity.as_object_mut().into_iter().flatten() {
                if key != "id" {
                    *value = Value::Null;
                }
            }
        }),
        Kind::RepeatedNextLink => put(body, "@odata.nextLink", here.into()),
        Kind::ForeignNextLink(host) => {
            put(body, "@odata.nextLink", format!("https://{host}/v1.0/drives?$skiptoken=x").into());
        }
        Kind::EmptyPage => {
            put(body, "value", json!([]));
            put(body, "@odata.nextLink", next.into());
            if let Some(object) = body.as_object_mut() {
                object.remove("@odata.deltaLink");
            }
        }
        Kind::Duplicates => {
            if let Some(entries) = body.get_mut("value").and_then(Value::as_array_mut)
                && let Some(mut before) = entries.last().cloned()
            {
                put(&mut before, "name", "An older name".into());
                entries.insert(0, before);
            }
        }
        Kind::LabelsInValue => {
            let labels = body.get("labels").cloned().unwrap_or_else(|| json!([]));
            *body = json!({"value": {"@odata.type": "microsoft.graph.extractSensitivityLabelsResult", "labels": labels}});
        }
        Kind::LabelsAsArray => {
            let labels = body.get("labels").cloned().unwrap_or_else(|| json!([]));
            *body = json!({"value": labels});
        }
        Kind::ForeignTenantLabel => {
            for label in body.get_mut("labels").and_then(Value::as_array_mut).into_iter().flatten()
            {
                put(label, "tenantId", OTHER_TENANT.into());
            }
        }
        _ => {}
    }
    reply
}

/// Changes every entity of an answer: the entries of its `value`, or itself.
fn each(body: &mut Value, change: &dyn Fn(&mut Value)) {
    match body.get_mut("value").and_then(Value::as_array_mut) {
        Some(entries) => entries.iter_mut().for_each(change),
        None => change(body),
    }
}

fn strange(entity: &mut Value) {
    put(
        entity,
        "newThing",
        json!({"@odata.type": "#microsoft.graph.thingOfTomorrow", "deep": [1]}),
    );
    for name in ["driveType", "pageLayout", "promotionKind", "actionSource"] {
        if entity.get(name).is_some() {
            put(entity, name, "unknownFutureValue".into());
        }
    }
    // Seen in recordings: numbers that come as texts.
    if let Some(size) = entity.get("size").map(Value::to_string) {
        put(entity, "size", size.into());
    }
    if let Some(package) = entity.get_mut("package") {
        put(package, "type", "hologram".into());
    }
}

fn put(object: &mut Value, name: &str, value: Value) {
    super::shapes::set(object, name, value);
}
