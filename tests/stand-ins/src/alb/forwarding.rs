//! The headers a target receives: what the client sent, less what ends at the balancer, plus what
//! the balancer knows.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use uuid::Uuid;

use super::clock;
use super::plan::{ForwardedFor, InvalidHeaders};

/// Name of the trace header.
pub(super) const TRACE: &str = "x-amzn-trace-id";

const HOP_BY_HOP: [&str; 10] = [
    "connection",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What the balancer knows about a request besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// The client's end of the connection.
    pub(super) peer: SocketAddr,
    /// The balancer's end of the connection.
    pub(super) local: SocketAddr,
    /// What happens to `X-Forwarded-For`.
    pub(super) forwarded_for: ForwardedFor,
    /// What happens to odd header names.
    pub(super) invalid_headers: InvalidHeaders,
}

/// Turns the client's headers into the target's.
pub(super) fn forward(client: &HeaderMap, arrival: Arrival) -> HeaderMap {
    let mut headers = without_hop_by_hop(client);
    if arrival.invalid_headers == InvalidHeaders::Drop {
        headers = headers_where(&headers, has_plain_name);
    }
    match arrival.forwarded_for {
        ForwardedFor::Append => append_address(&mut headers, arrival.peer),
        ForwardedFor::Preserve => {}
        ForwardedFor::Remove => drop(headers.remove("x-forwarded-for")),
    }
    headers.insert("x-forwarded-port", HeaderValue::from(arrival.local.port()));
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    let traced = trace(headers.get(TRACE).and_then(|value| value.to_str().ok()));
    if let Ok(value) = HeaderValue::from_str(&traced) {
        headers.insert(TRACE, value);
    }
    headers
}

/// A fresh trace id: the time in seconds and 96 random bits.
pub(super) fn trace_id() -> String {
    let random = hex::encode(Uuid::new_v4().into_bytes());
    let random: String = random.chars().take(24).collect();
    format!("1-{:08x}-{random}", clock::now().as_second())
}

fn without_hop_by_hop(client: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = client
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    headers_where(client, |name| {
        !HOP_BY_HOP.contains(&name.as_str()) && !named.iter().any(|other| other == name.as_str())
    })
}

fn headers_where(headers: &HeaderMap, keep: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| keep(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .fold(HeaderMap::new(), |mut kept, (name, value)| {
            kept.append(name, value);
            kept
        })
}

fn has_plain_name(name: &HeaderName) -> bool {
    name.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The address goes behind everything the client wrote, in the last of its lines.
fn append_address(headers: &mut HeaderMap, peer: SocketAddr) {
    let mut lines: Vec<Vec<u8>> =
        headers.get_all("x-forwarded-for").iter().map(|line| line.as_bytes().to_vec()).collect();
    headers.remove("x-forwarded-for");
    let address = peer.ip().to_string();
    match lines.last_mut() {
        Some(last) if !last.is_empty() => last.extend(format!(", {address}").into_bytes()),
        Some(last) => *last = address.into_bytes(),
        None => lines.push(address.into_bytes()),
    }
    for line in lines {
        if let Ok(value) = HeaderValue::from_bytes(&line) {
            headers.append("x-forwarded-for", value);
        }
    }
}

fn trace(incoming: Option<&str>) -> String {
    let own = trace_id();
    let fields: Vec<&str> = incoming
        .unwrap_or_default()
        .split(';')
        .map(str::trim)
        .filter(|field| !field.is_empty() && !field.starts_with("Self="))
        .collect();
    let first = if fields.iter().any(|field| field.starts_with("Root=")) { "Self" } else { "Root" };
    let mut traced = format!("{first}={own}");
    for field in fields {
        traced.push(';');
        traced.push_str(field);
    }
    traced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(client: &[(&'static str, &'static str)], change: fn(&mut Arrival)) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in client {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let mut arrival = Arrival {
            peer: SocketAddr::from(([127, 0, 0, 9], 50_000)),
            local: SocketAddr::from(([127, 0, 0, 1], 8080)),
            forwarded_for: ForwardedFor::Append,
            invalid_headers: InvalidHeaders::Drop,
        };
        change(&mut arrival);
        forward(&headers, arrival)
    }

    fn all<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    #[test]
    fn the_clients_address_comes_last() {
        let headers = forwarded(&[], |_| {});
        assert_eq!(all(&headers, "x-forwarded-for"), ["127.0.0.9"]);
        let headers = forwarded(&[("x-forwarded-for", "1.2.3.4, 5.6.7.8")], |_| {});
        assert_eq!(all(&headers, "x-forwarded-for"), ["1.2.3.4, 5.6.7.8, 127.0.0.9"]);
        let twice = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "5.6.7.8")];
        let headers = forwarded(&twice, |_| {});
        assert_eq!(all(&headers, "x-forwarded-for"), ["1.2.3.4", "5.6.7.8, 127.0.0.9"]);
    }

    #[test]
    fn the_forwarded_header_can_be_kept_or_removed() {
        let client = [("x-forwarded-for", "1.2.3.4")];
        let kept = forwarded(&client, |arrival| {
            arrival.forwarded_for = ForwardedFor::Preserve;
        });
        assert_eq!(all(&kept, "x-forwarded-for"), ["1.2.3.4"]);
        let gone = forwarded(&client, |arrival| {
            arrival.forwarded_for = ForwardedFor::Remove;
        });
        assert!(all(&gone, "x-forwarded-for").is_empty());
    }

    #[test]
    fn what_the_client_claims_about_scheme_and_port_is_overwritten() {
        let client = [("x-forwarded-proto", "https"), ("x-forwarded-port", "443")];
        let headers = forwarded(&client, |_| {});
        assert_eq!(all(&headers, "x-forwarded-proto"), ["http"]);
        assert_eq!(all(&headers, "x-forwarded-port"), ["8080"]);
    }

    #[test]
    fn headers_that_end_at_the_balancer_are_dropped() {
        let client = [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("te", "trailers"),
            ("keep-alive", "5"),
            ("with_underscore", "1"),
            ("authorization", "kept"),
        ];
        let headers = forwarded(&client, |_| {});
        for name in ["connection", "x-mine", "te", "keep-alive", "with_underscore"] {
            assert!(!headers.contains_key(name), "{name}");
        }
        assert!(headers.contains_key("authorization"));
        let forwarded = forwarded(&client, |arrival| {
            arrival.invalid_headers = InvalidHeaders::Forward;
        });
        assert!(forwarded.contains_key("with_underscore"));
    }

    #[test]
    fn a_trace_keeps_its_root_and_its_own_fields() {
        let fresh = trace(None);
        assert!(fresh.starts_with("Root=1-") && fresh.len() == "Root=1-".len() + 8 + 1 + 24);
        let root = "Root=1-67891233-abcdef012345678912345678";
        let kept = trace(Some(&format!("Self=1-0-0;{root};CalledFrom=app")));
        let rest = format!(";{root};CalledFrom=app");
        assert!(kept.starts_with("Self=1-") && kept.ends_with(&rest), "{kept}");
        assert_eq!(kept.matches("Self=").count(), 1);
    }
}
