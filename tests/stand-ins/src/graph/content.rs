//! Bytes of files, behind addresses that need no bearer and run out.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::StatusCode;
use url::form_urlencoded;

use super::faults;
use super::files;
use super::model::{Drive, Item, Kind};
use super::operations::Id;
use super::reply::{Payload, Reply};
use super::serve::Call;
use super::state::{Recorded, Shared};
use super::world::World;

/// Path of every download address.
pub const PATH: &str = "/_layouts/15/download.aspx";

const VALID_SECONDS: i64 = 3600;

/// An address for a version of a file, counted from 0.
pub fn address(shared: &Shared, item: &Item, version: usize) -> String {
    let until = shared.clock.seconds().saturating_add(VALID_SECONDS);
    let grant = format!("{}.{version}.{until}", item.unique);
    let token = format!("v1.{grant}.{}", signature(shared, &grant));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("UniqueId", &item.unique)
        .append_pair("Translate", "false")
        .append_pair("tempauth", &token)
        .finish();
    format!("{}{PATH}?{query}", shared.origin)
}

/// An address for the current version; none for what is not a file, or must not be had.
pub fn current(shared: &Shared, item: &Item) -> Option<String> {
    let Kind::File(versions) = &item.kind else {
        return None;
    };
    let last = versions.len().checked_sub(1)?;
    (!item.malware).then(|| address(shared, item, last))
}

/// Answers a download, and remembers it.
pub fn download(shared: &Shared, call: &Call) -> Reply {
    let reply = attempt(shared, call);
    let mut names: Vec<String> = call.headers.keys().map(ToString::to_string).collect();
    names.sort();
    shared.record_download(Recorded {
        method: call.method.to_string(),
        path: call.path.clone(),
        operation: Some(Id::Download),
        headers: names,
        range: call.header("range").map(str::to_owned),
        status: reply.status.as_u16(),
        ..Recorded::default()
    });
    reply
}

fn attempt(shared: &Shared, call: &Call) -> Reply {
    if call.headers.contains_key(http::header::AUTHORIZATION) {
        shared.violation("bearer-on-download", PATH);
        return refused(StatusCode::UNAUTHORIZED);
    }
    let fault = faults::take(&mut shared.faults(), Id::Download, "");
    let Some(kind) = fault else {
        return bytes(shared, &call.query, Asked::by(call));
    };
    if let Some(reply) = faults::instead(&kind, None, &shared.base, &call.ids(shared)) {
        return reply;
    }
    let asked = Some(Asked::by(call)).filter(|_| !matches!(kind, faults::Kind::IgnoreRange));
    let here = format!("{}{PATH}?{}", shared.origin, call.query);
    let right = bytes(shared, &call.query, asked.unwrap_or_default());
    faults::spoil(&kind, right, &here, &here)
}

/// Which bytes are asked for, and under which condition.
#[derive(Clone, Copy, Default)]
struct Asked<'a> {
    range: Option<&'a str>,
    if_range: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn by(call: &'a Call) -> Self {
        Self { range: call.header("range"), if_range: call.header("if-range") }
    }
}

/// What a redirect to a download address leads to.
pub fn follow(shared: &Shared, reply: Reply) -> Reply {
    let to = reply.headers.iter().find(|(name, _)| *name == "location");
    match to.and_then(|(_, to)| to.split_once('?')) {
        Some((_, query)) => bytes(shared, query, Asked::default()),
        None => reply,
    }
}

fn bytes(shared: &Shared, query: &str, asked: Asked<'_>) -> Reply {
    let token = form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == "tempauth")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let Some(grant) = checked(shared, &token) else {
        return refused(StatusCode::UNAUTHORIZED);
    };
    let world = shared.world();
    let found = world.items.iter().find(|item| item.unique == grant.unique && !item.deleted);
    let Some(item) = found else {
        return refused(StatusCode::NOT_FOUND);
    };
    let Kind::File(versions) = &item.kind else {
        return refused(StatusCode::NOT_FOUND);
    };
    let Some(version) = versions.get(grant.version) else {
        return refused(StatusCode::NOT_FOUND);
    };
    let tag = format!("\"{{{}}},{}\"", item.unique, grant.version);
    // RFC 9110 section 13.1.5: the whole file, when it is not the one that the range is meant for.
    let range = asked.range.filter(|_| asked.if_range.is_none_or(|own| own == tag));
    part(files::media_type(&item.name), &version.bytes, range).with_header("etag", tag)
}

struct Grant {
    unique: String,
    version: usize,
}

fn checked(shared: &Shared, token: &str) -> Option<Grant> {
    let (grant, signed) = token.strip_prefix("v1.")?.rsplit_once('.')?;
    if signed != signature(shared, grant) {
        return None;
    }
    let mut parts = grant.split('.');
    let unique = parts.next()?.to_owned();
    let version = parts.next()?.parse().ok()?;
    let until: i64 = parts.next()?.parse().ok()?;
    (until > shared.clock.seconds()).then_some(Grant { unique, version })
}

fn signature(shared: &Shared, grant: &str) -> String {
    hex::encode(digest(&SHA256, format!("{}.{grant}", shared.secret).as_bytes()))
}

fn refused(status: StatusCode) -> Reply {
    let body = format!("<html><body>{}</body></html>", status.as_u16());
    Reply::new(status, Payload::Bytes("text/html", Bytes::from(body)))
}

/// The whole, or one range of it.
fn part(media: &'static str, bytes: &Bytes, range: Option<&str>) -> Reply {
    let whole = || {
        Reply::new(StatusCode::OK, Payload::Bytes(media, bytes.clone()))
            .with_header("accept-ranges", "bytes")
    };
    let Some((from, to)) = range
        .and_then(|range| range.strip_prefix("bytes="))
        .filter(|range| !range.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return whole();
    };
    let size = bytes.len();
    let bounds = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => Some((from, to.saturating_add(1).min(size))),
        (Ok(from), Err(_)) if to.is_empty() => Some((from, size)),
        (Err(_), Ok(last)) if from.is_empty() && last > 0 => {
            Some((size.saturating_sub(last), size))
        }
        _ => return whole(),
    };
    match bounds.filter(|(from, to)| from < to) {
        Some((from, to)) => {
            Reply::new(StatusCode::PARTIAL_CONTENT, Payload::Bytes(media, bytes.slice(from..to)))
                .with_header("accept-ranges", "bytes")
                .with_header("content-range", format!("bytes {from}-{}/{size}", to - 1))
        }
        None => Reply::new(StatusCode::RANGE_NOT_SATISFIABLE, Payload::Empty)
            .with_header("content-range", format!("bytes */{size}")),
    }
}

/// The list of a drive.
pub fn list_of<'a>(world: &'a World, drive: &Drive) -> Option<&'a super::model::List> {
    world.lists.iter().find(|list| list.id == drive.list)
}
