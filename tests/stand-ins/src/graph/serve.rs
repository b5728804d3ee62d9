//! One request from its arrival to its answer: bearer, path, scopes, faults, answer, record.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::answers::{self, Ask};
use super::batch;
use super::content;
use super::errors::{Outcome, Refusal, RequestIds};
use super::faults;
use super::odata::{Query, skiptoken};
use super::operations::{self, Found, Id, Verb};
use super::reply::Reply;
use super::state::{Recorded, Shared};
use crate::company::person_by_oid;

/// A request, from the wire or from a batch.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path as it came, with `/v1.0`.
    pub path: String,
    /// Query as it came.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Whether it came inside a batch.
    pub in_batch: bool,
}

impl Call {
    /// The path below `/v1.0`.
    pub fn below(&self) -> &str {
        self.path.strip_prefix("/v1.0").unwrap_or(&self.path)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The names support finds it by.
    pub fn ids(&self, shared: &Shared) -> RequestIds {
        let request_id = uuid::Uuid::new_v4().to_string();
        RequestIds {
            client_request_id: self
                .header("client-request-id")
                .map_or_else(|| request_id.clone(), str::to_owned),
            request_id,
            date: shared.clock.date(),
        }
    }
}

/// What became known of a request on its way.
#[derive(Default)]
struct Trace {
    oid: Option<String>,
    operation: Option<Id>,
}

/// Answers a request, and remembers it.
pub fn answer(shared: &Shared, call: &Call) -> Reply {
    let ids = call.ids(shared);
    let mut trace = Trace::default();
    let at = shared.log().requests.len();
    let reply = attempt(shared, call, &ids, &mut trace)
        .unwrap_or_else(|refusal| Reply::refused(&refusal, &ids));
    let mut names: Vec<String> = call.headers.keys().map(ToString::to_string).collect();
    names.sort();
    let recorded = Recorded {
        method: call.method.to_string(),
        path: call.path.clone(),
        query: call.query.clone(),
        operation: trace.operation,
        oid: trace.oid,
        headers: names,
        prefer: call.header("prefer").map(str::to_owned),
        consistency_level: call.header("consistencylevel").map(str::to_owned),
        range: call.header("range").map(str::to_owned),
        in_batch: call.in_batch,
        status: reply.status.as_u16(),
    };
    shared.record_at(at, recorded);
    reply
        .with_header("request-id", ids.request_id)
        .with_header("client-request-id", ids.client_request_id)
}

fn attempt(shared: &Shared, call: &Call, ids: &RequestIds, trace: &mut Trace) -> Outcome<Reply> {
    check_path(shared, call)?;
    check_prefer(shared, call)?;
    let bearer = shared.authenticate(&call.headers)?;
    trace.oid = Some(bearer.oid.clone());
    let person = person_by_oid(&bearer.oid)
        .ok_or_else(|| Refusal::unauthenticated("The token's user is not known here."))?;
    let found = find(shared, call)?;
    let operation = found.operation;
    trace.operation = Some(operation.id);
    let fault = faults::take(&mut shared.faults(), operation.id, &bearer.oid);
    if let Some(reply) =
        fault.as_ref().and_then(|kind| faults::instead(kind, Some(&bearer), &shared.base, ids))
    {
        return Ok(reply);
    }
    if !operation.scopes.is_empty() && !granted(&bearer.scopes, operation.scopes) {
        return Err(lacks(operation));
    }
    let query = Query::parse(&call.query);
    for name in query.unknown(operation) {
        shared.violation("unknown-query-option", format!("{name} on {}", operation.name));
    }
    let ask = Ask {
        shared,
        world: &shared.world(),
        person,
        bearer: &bearer,
        operation,
        vars: &found.vars,
        query: &query,
        call,
    };
    if let Some(refusal) =
        matches!(fault, Some(faults::Kind::TokenTooOld)).then(|| answers::too_old(&ask)).flatten()
    {
        return Err(refusal);
    }
    let reply = if operation.id == Id::Batch && !call.in_batch {
        batch::answer(&ask)?
    } else {
        answers::answer(&ask)?
    };
    Ok(match fault {
        None => reply,
        Some(faults::Kind::Inline) => content::follow(shared, reply),
        Some(kind) => {
            let (here, next) = links(&ask);
            faults::spoil(&kind, reply, &here, &next)
        }
    })
}

/// The address of this request, and one that a link to the next page could have.
fn links(ask: &Ask<'_>) -> (String, String) {
    let start = format!("{}{}", ask.shared.base, ask.call.below());
    let here = match ask.call.query.as_str() {
        "" => start.clone(),
        query => format!("{start}?{query}"),
    };
    let separator = if ask.call.query.is_empty() { '?' } else { '&' };
    let pages = ask.operation.query.contains(&"$skiptoken");
    let next = if pages && ask.query.get("$skiptoken").is_none() {
        format!("{here}{separator}$skiptoken={}", skiptoken(0))
    } else if ask.operation.query.contains(&"token") && ask.query.get("token").is_none() {
        format!("{here}{separator}token={}", answers::beginning(ask))
    } else {
        here.clone()
    };
    (here, next)
}

/// Whether one of the scopes was granted, or a writing scope that includes it.
fn granted(own: &[String], needed: &[&str]) -> bool {
    needed.iter().any(|scope| {
        let writing = scope.replacen(".Read", ".ReadWrite", 1);
        own.iter().any(|own| own == scope || *own == writing)
    })
}

fn lacks(operation: &operations::Operation) -> Refusal {
    let message = "Insufficient privileges to complete the operation.";
    match operation.id {
        Id::Me => Refusal::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message),
        Id::SearchQuery | Id::SensitivityLabels | Id::MySensitivityLabels => {
            Refusal::new(StatusCode::FORBIDDEN, "Forbidden", message)
        }
        _ => Refusal::access_denied(),
    }
}

fn check_path(shared: &Shared, call: &Call) -> Outcome<()> {
    let Some(below) = call.path.strip_prefix("/v1.0/") else {
        let version = call.path.split('/').nth(1).unwrap_or_default();
        return Err(Refusal::bad_request(format!("Invalid version: {version}.")));
    };
    for segment in below.split('/') {
        let plain = operations::decode(segment);
        // A segment must stay one: an encoded slash could climb where it is decoded twice.
        if plain.split(['/', '\\']).any(|part| part == "." || part == "..") {
            shared.violation("dot-segment", &call.path);
            return Err(Refusal::bad_request("The request URI contains a dot segment."));
        }
        if segment.is_empty() {
            return Err(Refusal::bad_request("Empty Path Segment."));
        }
    }
    Ok(())
}

fn check_prefer(shared: &Shared, call: &Call) -> Outcome<()> {
    let redeems = call.headers.get_all("prefer").iter().any(|value| {
        String::from_utf8_lossy(value.as_bytes()).to_lowercase().contains("redeemsharinglink")
    });
    if redeems {
        shared.violation("redeem-sharing-link", &call.path);
        return Err(Refusal::bad_request("This header grants access; the stand-in refuses it."));
    }
    Ok(())
}

/// Actions that change something or hand out addresses; naming one is a violation.
const WRITES: [&str; 12] = [
    "createLink",
    "createUploadSession",
    "invite",
    "preview",
    "copy",
    "checkin",
    "checkout",
    "follow",
    "unfollow",
    "restoreVersion",
    "assignSensitivityLabel",
    "permanentDelete",
];

fn find(shared: &Shared, call: &Call) -> Outcome<Found> {
    let last = call.path.rsplit('/').next().unwrap_or_default();
    if call.method == Method::POST && WRITES.contains(&last) {
        shared.violation("write-attempted", format!("POST {}", call.path));
        return Err(Refusal::access_denied());
    }
    let found = operations::find(call.below()).map_err(|segment| {
        if call.method != Method::GET {
            shared.violation("write-attempted", format!("{} {}", call.method, call.path));
        }
        Refusal::segment(&segment)
    })?;
    let reads = found.iter().any(|found| found.operation.method == Verb::Get);
    if let Some(found) = found.into_iter().find(|found| found.operation.method.is(&call.method)) {
        Ok(found)
    } else {
        shared.violation("write-attempted", format!("{} {}", call.method, call.path));
        let changes =
            [Method::PUT, Method::PATCH, Method::DELETE, Method::POST].contains(&call.method);
        Err(if reads && changes {
            Refusal::access_denied()
        } else {
            Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "Request_BadRequest",
                "Specified HTTP method is not allowed for the request target.",
            )
        })
    }
}
