//! The endpoints of our own authorization server: which paths there are, which methods each takes,
//! who may call from a browser's script, and how large a request may be.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use http::{HeaderValue, Method, StatusCode, header};

use super::origin::NotAllowed;
use super::{Allowed, Edge, body};
use crate::connector::Connector;
use crate::in_flight::InFlight;
use crate::oauth::{self, AuthorizationServer, OAuthError, invalid_request};

/// The largest body of a request to one of these paths.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The longest query: a redirect URI, a state and a scope at their limits, encoded, and some room.
const MAX_QUERY_BYTES: usize = 32 * 1024;

/// All paths, and what is there.
const PATHS: [(&str, Endpoint); 12] = [
    ("/.well-known/oauth-authorization-server", Endpoint::Metadata),
    ("/.well-known/oauth-authorization-server/mcp", Endpoint::Metadata),
    ("/.well-known/openid-configuration", Endpoint::Metadata),
    ("/.well-known/openid-configuration/mcp", Endpoint::Metadata),
    ("/mcp/.well-known/openid-configuration", Endpoint::Metadata),
    ("/oauth/register", Endpoint::Register),
    ("/oauth/authorize", Endpoint::Authorize),
    ("/oauth/consent", Endpoint::Consent),
    ("/oauth/callback", Endpoint::Callback),
    ("/auth/callback", Endpoint::Callback),
    ("/oauth/token", Endpoint::Token),
    ("/oauth/revoke", Endpoint::Revoke),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Metadata,
    Register,
    Authorize,
    Consent,
    Callback,
    Token,
    Revoke,
}

impl Endpoint {
    /// What `Allow` says.
    fn allow(self) -> &'static str {
        match self {
            Self::Metadata => "GET, HEAD, OPTIONS",
            Self::Register | Self::Token | Self::Revoke => "POST, OPTIONS",
            Self::Authorize | Self::Consent => "GET, POST",
            Self::Callback => "GET",
        }
    }

    fn takes(self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }

    /// Whether scripts of any site may call it: what they get depends on no cookie.
    fn is_open_to_scripts(self) -> bool {
        match self {
            Self::Metadata | Self::Register | Self::Token | Self::Revoke => true,
            Self::Authorize | Self::Consent | Self::Callback => false,
        }
    }
}

/// Whether this is one of the paths.
pub(super) fn is_known(path: &str) -> bool {
    PATHS.iter().any(|(known, _)| *known == path)
}

/// All paths; without proxy mode there is nothing at any of them.
pub(super) fn routes<C: Connector>() -> Router<Arc<Edge<C>>> {
    PATHS.into_iter().fold(Router::new(), |router, (path, endpoint)| {
        let handler = move |State(edge): State<Arc<Edge<C>>>, request: Request| async move {
            let in_flight = request.extensions().get::<InFlight>().cloned();
            match (&edge.oauth, in_flight) {
                (Some(server), Some(in_flight)) => {
                    handle(server, &edge.allowed, in_flight, endpoint, request).await
                }
                _ => super::not_found().await,
            }
        };
        router.route(path, any(handler))
    })
}

async fn handle(
    server: &AuthorizationServer,
    allowed: &Allowed,
    in_flight: InFlight,
    endpoint: Endpoint,
    request: Request,
) -> Response {
    let mut response = match admit(allowed, &in_flight, endpoint, request).await {
        Ok(request) => answer(server, endpoint, &request).await,
        Err(refused) => {
            in_flight.note(|line| line.outcome = Some(refused.outcome));
            refused.response(endpoint)
        }
    };
    if endpoint.is_open_to_scripts() {
        oauth::allow_any_origin(&mut response);
    }
    response
}

async fn answer(
    server: &AuthorizationServer,
    endpoint: Endpoint,
    request: &oauth::Request,
) -> Response {
    if request.method == Method::OPTIONS {
        return oauth::preflight(endpoint.allow());
    }
    match endpoint {
        Endpoint::Metadata => oauth::metadata::serve(server),
        Endpoint::Register => oauth::registration::register(server, request).await,
        Endpoint::Authorize => oauth::authorize::authorize(server, request).await,
        Endpoint::Consent => oauth::consent::consent(server, request).await,
        Endpoint::Callback => oauth::callback::callback(server, request).await,
        Endpoint::Token => oauth::token::token(server, request).await,
        Endpoint::Revoke => oauth::revoke::revoke(server, request).await,
    }
}

/// A request that reaches no endpoint.
#[derive(Clone, Copy, Debug)]
struct Refused {
    status: StatusCode,
    outcome: &'static str,
    error: OAuthError,
}

impl Refused {
    const fn new(status: StatusCode, outcome: &'static str, description: &'static str) -> Self {
        Self { status, outcome, error: invalid_request(description) }
    }

    fn response(self, endpoint: Endpoint) -> Response {
        let mut response = oauth::error_response(self.status, &self.error);
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            let allow = HeaderValue::from_static(endpoint.allow());
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}

/// Host, method and length, in this order, as for every path of ours.
async fn admit(
    allowed: &Allowed,
    in_flight: &InFlight,
    endpoint: Endpoint,
    request: Request,
) -> Result<oauth::Request, Refused> {
    const HOST_MISSING: Refused =
        Refused::new(StatusCode::BAD_REQUEST, "host_missing", "exactly one Host header is needed");
    const HOST: Refused =
        Refused::new(StatusCode::FORBIDDEN, "host_refused", "this host is not served here");
    const METHOD: Refused =
        Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "see the Allow header");
    const TOO_LARGE: Refused = Refused::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request_too_large",
        "the request is larger than 64 KiB",
    );
    const TOO_LONG: Refused =
        Refused::new(StatusCode::URI_TOO_LONG, "request_too_large", "the query is too long");
    const BROKEN: Refused =
        Refused::new(StatusCode::BAD_REQUEST, "body_broken", "the request body broke off");
    allowed.check_host(request.headers(), request.uri()).map_err(|problem| match problem {
        NotAllowed::HostMissing => HOST_MISSING,
        NotAllowed::Host | NotAllowed::Origin => HOST,
    })?;
    if !endpoint.takes(request.method()) {
        return Err(METHOD);
    }
    if request.uri().query().is_some_and(|query| query.len() > MAX_QUERY_BYTES) {
        return Err(TOO_LONG);
    }
    if body::declares_more_than(MAX_BODY_BYTES, request.headers()) {
        return Err(TOO_LARGE);
    }
    let (parts, body) = request.into_parts();
    let body = body::read_at_most(MAX_BODY_BYTES, body).await.map_err(|unread| match unread {
        body::Unread::TooLarge => TOO_LARGE,
        body::Unread::Broken => BROKEN,
    })?;
    in_flight.note(|line| line.bytes_in = u64::try_from(body.len()).unwrap_or(u64::MAX));
    Ok(oauth::Request {
        method: parts.method,
        headers: parts.headers,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
        in_flight: in_flight.clone(),
    })
}

#[cfg(test)]
mod tests;
