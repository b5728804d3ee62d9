//! A browser and the applications that send it to the sign-in page.

use url::Url;

use super::super::jwt::{base64url, sha256};
use super::{Answer, Fields, World};
use crate::company::{ASSISTANT_CLIENT, CLIENT_SECRET, TENANT, registration};

pub(super) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-standard-1234";
pub(super) const LOOPBACK: &str = "http://localhost:49152/callback";
pub(super) const WEB: &str = "https://sharepoint.connectors.example/oauth/callback";

pub(super) fn challenge() -> String {
    base64url(&sha256(VERIFIER.as_bytes()))
}

pub(super) fn api_scope() -> String {
    format!("api://{}/access", registration("sharepoint").unwrap())
}

/// The assistant asks to sign Ann in.
pub(super) fn assistant() -> Fields {
    Fields::of(&[
        ("response_type", "code"),
        ("client_id", ASSISTANT_CLIENT),
        ("redirect_uri", LOOPBACK),
        ("scope", &format!("{} offline_access openid profile", api_scope())),
        ("state", "s t&te"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge()),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
        ("login_hint", "ann"),
    ])
}

/// A connector asks to sign Ann in.
pub(super) fn connector() -> Fields {
    assistant().with("client_id", registration("sharepoint").unwrap()).with("redirect_uri", WEB)
}

/// The exchange that belongs to a sign-in.
pub(super) fn exchange(sign_in: &Fields, code: &str) -> Fields {
    let kept = |name: &str| sign_in.0.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let form = Fields::of(&[
        ("grant_type", "authorization_code"),
        ("client_id", &kept("client_id")),
        ("redirect_uri", &kept("redirect_uri")),
        ("code", code),
        ("code_verifier", VERIFIER),
    ]);
    if kept("client_id") == ASSISTANT_CLIENT {
        form
    } else {
        form.with("client_secret", CLIENT_SECRET)
    }
}

/// What is changed in an exchange, and the refusal that follows.
pub(super) type ExchangeCase = (fn(Fields) -> Fields, u16, &'static str, u32);

/// Where a browser is sent, or the page it is shown.
pub(super) enum Seen {
    Redirect(Url),
    Page(u16, String),
}

impl Seen {
    #[track_caller]
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let Self::Redirect(url) = self else { panic!("a page and no redirect") };
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    #[track_caller]
    pub(super) fn refused(&self, error: &str, code: u32) {
        assert_eq!(self.field("error").as_deref(), Some(error));
        let description = self.field("error_description").unwrap();
        assert!(description.starts_with(&format!("AADSTS{code}: ")), "{description}");
        assert_eq!(self.field("state").as_deref(), Some("s t&te"));
        assert_eq!(self.field("code"), None);
    }
}

impl World {
    pub(super) fn authorize_url(&self) -> String {
        self.url(&format!("/{TENANT}/oauth2/v2.0/authorize"))
    }

    pub(super) async fn browse(&self, request: reqwest::RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        if let Some(location) = response.headers().get("location") {
            assert_eq!(response.status(), 302);
            return Seen::Redirect(location.to_str().unwrap().parse().unwrap());
        }
        Seen::Page(response.status().as_u16(), response.text().await.unwrap())
    }

    pub(super) async fn authorize(&self, fields: &Fields) -> Seen {
        self.browse(self.http.get(self.authorize_url()).query(&fields.0)).await
    }

    /// A code for this sign-in.
    pub(super) async fn code(&self, fields: &Fields) -> String {
        self.authorize(fields).await.field("code").unwrap()
    }

    /// The tokens of this sign-in.
    pub(super) async fn signed_in(&self, fields: &Fields) -> Answer {
        let code = self.code(fields).await;
        self.token(&exchange(fields, &code)).await
    }

    pub(super) async fn assistant_signed_in(&self) -> Answer {
        self.signed_in(&assistant()).await
    }
}
