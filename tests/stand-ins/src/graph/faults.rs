//! What a test can make go wrong.

mod instead;
mod spoil;

pub use instead::instead;
pub use spoil::spoil;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::operations::Id;
use crate::company::person;

/// Something that goes wrong a number of times.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only this operation; [`Id::Download`] for the leg without a bearer, which no other fault hits.
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
    /// 404.
    NotFound,
    /// 416, although the range can be satisfied.
    RangeNotSatisfiable,
    /// 302 to the very address that was asked; twice makes a chain of two.
    Bounce,
    /// The content itself with 200, where a redirect to it is usual.
    Inline,
    /// 200 without a byte.
    ZeroBytes,
    /// Only the first half of the bytes, as if that were all.
    ShortBody,
    /// More bytes than the item's size tells.
    LongBody,
    /// The right bytes without a length, 64 of them each so many milliseconds.
    Trickle(u64),
    /// All bytes with 200, whatever range was asked for.
    IgnoreRange,
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
            && self.operation.map_or(operation != Id::Download, |own| own == operation)
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
