//! Answers that need no right answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::Kind;
use crate::graph::Bearer;
use crate::graph::errors::{Refusal, RequestIds};
use crate::graph::reply::{Delay, Payload, Reply};
use crate::graph::shapes::set;

/// The answer of a fault that needs no right answer.
pub fn instead(
    kind: &Kind,
    bearer: Option<&Bearer>,
    base: &str,
    ids: &RequestIds,
) -> Option<Reply> {
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
        Kind::NotFound => refuse(&Refusal::not_found()),
        Kind::RangeNotSatisfiable => {
            let reply = Reply::new(StatusCode::RANGE_NOT_SATISFIABLE, Payload::Empty);
            Some(reply.with_header("content-range", "bytes */0"))
        }
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
                set(error, "code", code.clone().into());
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
        | Kind::ForeignTenantLabel
        | Kind::Bounce
        | Kind::Inline
        | Kind::ZeroBytes
        | Kind::ShortBody
        | Kind::LongBody
        | Kind::Trickle(_)
        | Kind::IgnoreRange => None,
    }
}

fn throttled() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "activityLimitReached",
        "The request has been throttled",
    )
}

fn insufficient(claims: &Value, bearer: Option<&Bearer>) -> Refusal {
    let mut refusal = Refusal::unauthenticated(
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
    );
    if bearer.is_some_and(|bearer| bearer.cp1) {
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
