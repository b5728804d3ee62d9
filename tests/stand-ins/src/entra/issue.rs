//! The answer of the token endpoint: which tokens are handed out, and for what.

use serde_json::{Value, json};

use super::ScopeForm;
use super::errors::Refusal;
use super::form::Form;
use super::jwt::{self, base64url, put};
use super::registrations::Registration;
use super::scopes::{GRAPH, Scopes, Wanted};
use super::state::{REFRESH_SECONDS, RefreshToken, State, keep};
use super::tokens::Life;
use crate::company::{self, Person};

/// How long a token lives that can be called back.
const CONTINUOUS_SECONDS: i64 = 24 * 3600;

/// What is handed out.
pub(crate) struct Issue<'a> {
    pub(crate) person: &'static Person,
    pub(crate) client: &'a Registration,
    pub(crate) scopes: &'a Scopes,
    pub(crate) form: &'a Form,
    /// Whether the sign-in already said that the client handles claims challenges.
    pub(crate) continuous_access: bool,
    pub(crate) nonce: Option<String>,
    /// What a refresh token may be used for later.
    pub(crate) refresh_for: Scopes,
}

impl State {
    /// Makes the tokens and the answer.
    pub(crate) fn issue(&self, issue: &Issue<'_>) -> Result<Value, Refusal> {
        let Issue { person, client, scopes, .. } = issue;
        let continuous = issue.continuous_access || asks_for_continuous_access(issue.form)?;
        let life = if continuous {
            Life { seconds: CONTINUOUS_SECONDS, continuous_access: true }
        } else {
            Life { seconds: self.token_seconds, continuous_access: false }
        };
        // Without a resource the access token is for Graph, as Entra does for bare sign-ins.
        let sign_in_only = Wanted {
            resource: GRAPH.to_owned(),
            asked_as: GRAPH.to_owned(),
            names: vec!["User.Read".to_owned()],
        };
        let wanted = scopes.one_resource()?.unwrap_or(&sign_in_only);
        let names = wanted.granted_to(client, |scope| self.consented(person, client, scope))?;
        let broken = |_| Refusal::of(90033);
        let access_token =
            self.access_token((person, client), wanted, &names, life).map_err(broken)?;
        let mut body = json!({
            "token_type": "Bearer",
            "scope": self.granted_scope(wanted, &names, scopes),
            "expires_in": life.seconds,
            "ext_expires_in": life.seconds,
            "access_token": access_token,
        });
        if life.continuous_access {
            put(&mut body, "refresh_in", life.seconds / 2);
        }
        if scopes.has("offline_access") {
            put(&mut body, "refresh_token", self.new_refresh_token(issue));
        }
        if scopes.has("openid") {
            let nonce = issue.nonce.as_deref();
            put(&mut body, "id_token", self.id_token(person, client, nonce).map_err(broken)?);
        }
        if issue.form.get("client_info") == Some("1") {
            let info = json!({"uid": person.oid, "utid": company::TENANT}).to_string();
            put(&mut body, "client_info", base64url(info.as_bytes()));
        }
        Ok(body)
    }

    fn granted_scope(&self, wanted: &Wanted, names: &[String], scopes: &Scopes) -> String {
        let resource = names.iter().map(|name| match self.scope_form {
            ScopeForm::Prefixed => format!("{}/{name}", wanted.asked_as),
            ScopeForm::Short => name.clone(),
        });
        let sign_in = scopes.sign_in.iter().filter(|name| *name != "offline_access").cloned();
        resource.chain(sign_in).collect::<Vec<_>>().join(" ")
    }

    fn new_refresh_token(&self, issue: &Issue<'_>) -> String {
        let text = format!("1.{}", jwt::random());
        let token = RefreshToken {
            client_id: issue.client.client_id.clone(),
            scopes: with_sign_in_of(issue.refresh_for.clone(), issue.scopes),
            person: issue.person,
            continuous_access: issue.continuous_access,
            expires: self.clock.now() + REFRESH_SECONDS,
            revoked: false,
        };
        keep(&self.refresh_tokens, text.clone(), token);
        text
    }
}

/// Sign-in scopes of the first request stay in force when a later one leaves them out.
pub(crate) fn with_sign_in_of(mut scopes: Scopes, earlier: &Scopes) -> Scopes {
    for name in &earlier.sign_in {
        if !scopes.has(name) {
            scopes.sign_in.push(name.clone());
        }
    }
    scopes
}

/// Whether the `claims` parameter says that the client handles claims challenges.
pub(crate) fn asks_for_continuous_access(form: &Form) -> Result<bool, Refusal> {
    let Some(text) = form.get("claims") else {
        return Ok(false);
    };
    let claims: Value = serde_json::from_str(text)
        .map_err(|_| Refusal::of(9_002_313).saying("The claims parameter is not valid JSON."))?;
    let values = claims.pointer("/access_token/xms_cc/values").and_then(Value::as_array);
    Ok(values.is_some_and(|values| values.iter().any(|value| value == "cp1")))
}
