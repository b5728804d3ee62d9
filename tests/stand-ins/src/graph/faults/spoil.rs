//! Right answers, made wrong.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::Kind;
use crate::company::OTHER_TENANT;
use crate::graph::reply::{Delay, Payload, Reply};
use crate::graph::shapes::set;

/// Spoils the right answer to the request at this address.
pub fn spoil(kind: &Kind, mut reply: Reply, here: &str, next: &str) -> Reply {
    if let Kind::Slow(millis) = kind {
        reply.delay = Delay::Millis(*millis);
        return reply;
    }
    if matches!(kind, Kind::Truncated) {
        let (media, bytes) = match reply.payload {
            Payload::Json(value) => ("application/json", Bytes::from(value.to_string())),
            Payload::Bytes(media, bytes)
            | Payload::Broken(media, bytes)
            | Payload::Trickle(media, bytes, _) => (media, bytes),
            Payload::Empty => ("text/plain", Bytes::from_static(b"..")),
        };
        reply.payload = Payload::Broken(media, bytes);
        return reply;
    }
    if matches!(kind, Kind::Bounce) {
        return Reply::new(StatusCode::FOUND, Payload::Empty).with_header("location", here);
    }
    if let Payload::Bytes(media, bytes) = reply.payload {
        reply.payload = distorted(kind, media, bytes);
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
        Kind::RepeatedNextLink => set(body, "@odata.nextLink", here.into()),
        Kind::ForeignNextLink(host) => {
            set(body, "@odata.nextLink", format!("https://{host}/v1.0/drives?$skiptoken=x").into());
        }
        Kind::EmptyPage => {
            set(body, "value", json!([]));
            set(body, "@odata.nextLink", next.into());
            if let Some(object) = body.as_object_mut() {
                object.remove("@odata.deltaLink");
            }
        }
        Kind::Duplicates => {
            if let Some(entries) = body.get_mut("value").and_then(Value::as_array_mut)
                && let Some(mut before) = entries.last().cloned()
            {
                set(&mut before, "name", "An older name".into());
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
                set(label, "tenantId", OTHER_TENANT.into());
            }
        }
        _ => {}
    }
    reply
}

/// Bytes that are fewer, more, or slower than they should be.
fn distorted(kind: &Kind, media: &'static str, bytes: Bytes) -> Payload {
    match kind {
        Kind::ZeroBytes => Payload::Bytes(media, Bytes::new()),
        Kind::ShortBody => Payload::Bytes(media, bytes.slice(..bytes.len() / 2)),
        Kind::LongBody => {
            let more = bytes.iter().copied().chain(std::iter::repeat_n(b'x', 4096));
            Payload::Bytes(media, more.collect())
        }
        Kind::Trickle(millis) => Payload::Trickle(media, bytes, *millis),
        _ => Payload::Bytes(media, bytes),
    }
}

/// Changes every entity of an answer: the entries of its `value`, or itself.
fn each(body: &mut Value, change: &dyn Fn(&mut Value)) {
    match body.get_mut("value").and_then(Value::as_array_mut) {
        Some(entries) => entries.iter_mut().for_each(change),
        None => change(body),
    }
}

fn strange(entity: &mut Value) {
    set(
        entity,
        "newThing",
        json!({"@odata.type": "#microsoft.graph.thingOfTomorrow", "deep": [1]}),
    );
    for name in ["driveType", "pageLayout", "promotionKind", "actionSource"] {
        if entity.get(name).is_some() {
            set(entity, name, "unknownFutureValue".into());
        }
    }
    // Seen in recordings: numbers that come as texts.
    if let Some(size) = entity.get("size").map(Value::to_string) {
        set(entity, "size", size.into());
    }
    if let Some(package) = entity.get_mut("package") {
        set(package, "type", "hologram".into());
    }
}
