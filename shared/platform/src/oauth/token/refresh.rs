//! A refresh token becomes its successor and an access token (RFC 6749 section 6, RFC 9700
//! section 4.14).

use super::{Given, Refused};
use crate::oauth::error::{ErrorCode, OAuthError};
use crate::oauth::fields::Form;
use crate::oauth::grant::{Grant, Presented};
use crate::oauth::records::SIGN_IN_SCOPES;
use crate::oauth::sessions::Sessions;
use crate::usage::Usage;

/// How long an Entra token must last for a new access token to be worth something, in seconds.
const WORTH_S: i64 = 30 * 60;

/// Everything that can fail comes before the one write that uses the token up, so that whoever
/// gets no answer may come again with the same token.
pub(super) async fn refresh(
    sessions: &Sessions,
    client_id: &str,
    form: &Form,
    usage: &Usage,
) -> Result<Given, Refused> {
    let text = form.required("refresh_token")?;
    let Some(numbered) = sessions.refresh_tokens.read(text).await else {
        return Err(Refused::invalid_grant("refresh_unknown"));
    };
    let (id, generation) = (numbered.grant_id.as_str(), numbered.generation);
    let live = sessions.grants.latest(id, usage).await?;
    if !live.grant.is_active() {
        return Err(Refused::invalid_grant("grant_not_active"));
    }
    // The grant goes on: whoever holds another's token could as well name the right client, and
    // a client that mixed up its own must not lose a sign-in by that.
    if live.grant.client_id != client_id {
        return Err(Refused::invalid_grant("refresh_other_client"));
    }
    fits(&live.grant, form)?;
    if live.standing(generation, sessions.clock.now_ms()) == Presented::Reused {
        return Err(reused(sessions, id, &live.grant, usage).await);
    }
    sessions.allowed(id, &live, usage).await?;
    let renewed = sessions.lasting(id, live, WORTH_S, usage).await?;
    sessions.allowed(id, &renewed, usage).await?;
    let (live, presented) = sessions.grants.rotate(id, generation, usage).await?;
    match presented {
        Presented::Current | Presented::Replayed => sessions.give(id, &live).await,
        Presented::Reused => Err(reused(sessions, id, &live.grant, usage).await),
    }
}

fn fits(grant: &Grant, form: &Form) -> Result<(), Refused> {
    if form.get("resource").is_some_and(|resource| resource != grant.resource) {
        let text = "resource is the address of the MCP endpoint that was signed in for";
        let error = OAuthError::new(ErrorCode::InvalidTarget, text);
        return Err(Refused { error, reason: "resource_other" });
    }
    let granted = |scope: &str| {
        SIGN_IN_SCOPES.contains(&scope) || grant.scope.split(' ').any(|known| known == scope)
    };
    let asked = form.get("scope").unwrap_or_default();
    if asked.split_ascii_whitespace().all(granted) {
        return Ok(());
    }
    let error = OAuthError::new(
        ErrorCode::InvalidScope,
        "ask for no more than was granted, or for nothing",
    );
    Err(Refused { error, reason: "scope_wider" })
}

/// Two have the token, and nobody can say which of them is the person's client.
async fn reused(sessions: &Sessions, id: &str, grant: &Grant, usage: &Usage) -> Refused {
    if let Err(refused) = sessions.end(id, usage).await {
        return refused;
    }
    tracing::warn!(
        event = "refresh_reused",
        oid = %grant.oid,
        "a refresh token came again after it was exchanged; its grant was ended"
    );
    Refused::invalid_grant("refresh_reused")
}
