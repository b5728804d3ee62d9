//! `/stand-in/…`: what tests ask and tell the stand-in itself.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::errors::{Outcome, Refusal};
use super::faults::Fault;
use super::reply::{Payload, Reply};
use super::serve::Call;
use super::state::{Log, Shared};
use super::world::Addition;

/// One of something, or a list of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn list(self) -> Vec<T> {
        match self {
            Self::Many(list) => list,
            Self::One(one) => vec![one],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    advance_seconds: u32,
}

/// Answers a request to the stand-in itself.
pub fn answer(shared: &Shared, call: &Call) -> Reply {
    attempt(shared, call).unwrap_or_else(|refusal| Reply::refused(&refusal, &call.ids(shared)))
}

fn attempt(shared: &Shared, call: &Call) -> Outcome<Reply> {
    match (&call.method, call.path.strip_prefix("/stand-in/").unwrap_or_default()) {
        (&Method::GET, "requests") => Ok(Reply::json(json!(*shared.log()))),
        (&Method::DELETE, "requests") => {
            *shared.log() = Log::default();
            Ok(done())
        }
        (&Method::GET, "faults") => Ok(Reply::json(json!(*shared.faults()))),
        (&Method::POST, "faults") => {
            let faults: OneOrMany<Fault> = read(call)?;
            shared.faults().extend(faults.list());
            Ok(done())
        }
        (&Method::DELETE, "faults") => {
            shared.faults().clear();
            Ok(done())
        }
        (&Method::POST, "items") => {
            let additions: OneOrMany<Addition> = read(call)?;
            let many = matches!(additions, OneOrMany::Many(_));
            let mut made = Vec::new();
            for addition in additions.list() {
                made.push(shared.change(|world| world.add(addition))?);
            }
            let body = if many { made.into() } else { made.pop().unwrap_or_default() };
            Ok(Reply::new(StatusCode::CREATED, Payload::Json(body)))
        }
        (&Method::DELETE, "items") => {
            shared.restore();
            Ok(done())
        }
        (&Method::POST, "clock") => {
            let forward: Forward = read(call)?;
            shared.clock.advance(i64::from(forward.advance_seconds));
            Ok(done())
        }
        _ => Err(Refusal::new(StatusCode::NOT_FOUND, "notFound", "The stand-in has no such page.")),
    }
}

fn done() -> Reply {
    Reply::new(StatusCode::NO_CONTENT, Payload::Empty)
}

fn read<T: DeserializeOwned>(call: &Call) -> Outcome<T> {
    serde_json::from_slice(&call.body)
        .map_err(|error| Refusal::bad_request(format!("not understood: {error}")))
}
