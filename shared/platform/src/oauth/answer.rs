//! Answers that go back to the client through the browser (RFC 6749 section 4.1.2, RFC 9207).

use ::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded;

use super::error::OAuthError;
use super::{AuthorizationServer, Request, http, page};

/// What the client is told.
#[derive(Clone, Copy)]
pub(crate) enum Answer<'a> {
    /// A code.
    Code(&'a str),
    /// An error.
    Error(&'a OAuthError),
}

/// How the browser gets to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a redirect, unless only a click opens the client.
    Redirect,
    /// By a page in between: after a form, browsers follow no redirect to another site.
    Page,
}

/// Sends the browser to a redirect URI that was checked, with the answer, `state` and `iss`.
pub(crate) fn to_client(
    server: &AuthorizationServer,
    redirect_uri: &str,
    state: Option<&str>,
    answer: Answer<'_>,
    way: Way,
) -> Response {
    let address = address(redirect_uri, &server.settings.issuer, state, answer);
    let is_https = server.settings.is_https;
    let is_web = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    if let (Way::Redirect, true, Some(response)) = (way, is_web, http::redirect(&address, is_https))
    {
        return response;
    }
    let html = page::back_to_client(&address, matches!(answer, Answer::Code(_)));
    http::page(StatusCode::OK, html, is_https)
}

/// A page that says why nobody is sent anywhere.
pub(crate) fn refusal_page(
    server: &AuthorizationServer,
    request: &Request,
    endpoint: &'static str,
    reason: &'static str,
    status: StatusCode,
    text: page::Refused,
) -> Response {
    http::note_refusal(request, endpoint, reason);
    http::page(status, page::refused(text), server.settings.is_https)
}

/// The redirect URI with our parameters. What it has of the same names goes: an answer has exactly
/// one `iss`, and a client must not mistake its own parameters for ours.
fn address(redirect_uri: &str, issuer: &str, state: Option<&str>, answer: Answer<'_>) -> String {
    const OURS: [&str; 6] = ["code", "state", "iss", "error", "error_description", "error_uri"];
    let (place, query) = redirect_uri.split_once('?').unwrap_or((redirect_uri, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty()).filter(|pair| {
        let name = form_urlencoded::parse(pair.as_bytes()).next();
        !name.is_some_and(|(name, _)| OURS.contains(&name.as_ref()))
    });
    let mut query: Vec<String> = kept.map(str::to_owned).collect();
    let mut ours = form_urlencoded::Serializer::new(String::new());
    match answer {
        Answer::Code(code) => {
            ours.append_pair("code", code);
        }
        Answer::Error(error) => {
            ours.append_pair("error", error.code.as_str());
            ours.append_pair("error_description", error.description);
        }
    }
    if let Some(state) = state {
        ours.append_pair("state", state);
    }
    ours.append_pair("iss", issuer);
    query.push(ours.finish());
    format!("{place}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::http::invalid_request;

    const ISSUER: &str = "https://files.example.test";

    #[test]
    fn row_79_an_answer_has_exactly_one_iss() {
        for redirect_uri in [
            "https://app.test/cb",
            "https://app.test/cb?",
            "https://app.test/cb?iss=https://evil.test",
            "https://app.test/cb?%69ss=x&iss=y&code=planted&state=planted",
        ] {
            let address = address(redirect_uri, ISSUER, Some("s"), Answer::Code("c"));
            assert_eq!(
                address,
                "https://app.test/cb?code=c&state=s&iss=https%3A%2F%2Ffiles.example.test"
            );
        }
    }

    #[test]
    fn what_a_client_wrote_into_its_address_stays() {
        let address = address("cursor://app/cb?x=%20y&z", ISSUER, None, Answer::Code("c"));
        assert!(address.starts_with("cursor://app/cb?x=%20y&z&code=c&iss="), "{address}");
    }

    #[test]
    fn row_77_a_state_adds_no_parameter_and_no_header() {
        let error = invalid_request("no");
        let state = "a&code=evil\r\nset-cookie: x#";
        let address = address("https://app.test/cb", ISSUER, Some(state), Answer::Error(&error));
        let url = url::Url::parse(&address).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["error", "error_description", "state", "iss"]);
        assert_eq!(pairs[2].1, state);
        assert!(url.fragment().is_none() && !address.contains('\n'));
    }
}
