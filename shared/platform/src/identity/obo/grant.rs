//! A successful answer of the token endpoint, and what makes it believable.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::OboError;
use crate::identity::token_endpoint::{ends_at, is_token};
use crate::identity::upstream_token::{ScopeSet, UpstreamToken};

/// Scopes of the sign-in itself, which the answer need not repeat.
const SIGN_IN_SCOPES: [&str; 3] = ["openid", "profile", "email"];

#[derive(Deserialize)]
struct Grant {
    token_type: String,
    scope: String,
    expires_in: Value,
    access_token: String,
}

/// Reads a token from a successful answer.
pub(super) fn read(
    body: &[u8],
    asked: &ScopeSet,
    now: Timestamp,
) -> Result<UpstreamToken, OboError> {
    let grant: Grant = serde_json::from_slice(body).map_err(|_| OboError::BadAnswer)?;
    let token = SecretString::from(grant.access_token.as_str());
    if !grant.token_type.eq_ignore_ascii_case("bearer") || !is_token(&grant.access_token) {
        return Err(OboError::BadAnswer);
    }
    let lifetime_s = seconds(&grant.expires_in).ok_or(OboError::BadAnswer)?;
    let granted: Vec<String> = grant.scope.split_ascii_whitespace().map(str::to_owned).collect();
    let missing: Vec<String> =
        asked.iter().filter(|scope| !is_granted(scope, &granted)).map(str::to_owned).collect();
    if !missing.is_empty() {
        return Err(OboError::ScopeMissing { missing, granted });
    }
    Ok(UpstreamToken {
        token,
        expires_at: ends_at(lifetime_s, now)?,
        obtained_at: now,
        scopes: granted,
    })
}

/// A positive whole number, or its digits.
fn seconds(value: &Value) -> Option<i64> {
    let seconds = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok()?
        }
        _ => return None,
    };
    (seconds > 0).then_some(seconds)
}

/// Whether a scope is among the granted ones, which may or may not name their resource.
fn is_granted(asked: &str, granted: &[String]) -> bool {
    let (resource, name) = parts(asked);
    if name == ".default" || SIGN_IN_SCOPES.iter().any(|scope| asked.eq_ignore_ascii_case(scope)) {
        return true;
    }
    granted.iter().any(|scope| {
        let (granted_resource, granted_name) = parts(scope);
        let same_resource = match (resource, granted_resource) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => true,
        };
        same_resource && granted_name.eq_ignore_ascii_case(name)
    })
}

/// Resource and short name of a scope.
fn parts(scope: &str) -> (Option<&str>, &str) {
    match scope.rsplit_once('/') {
        Some((resource, name)) => (Some(resource.trim_end_matches('/')), name),
        None => (None, scope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grant(scope: &str, asked: &[&str]) -> Result<UpstreamToken, OboError> {
        let body = json!({"token_type": "Bearer", "scope": scope, "expires_in": 3599, "access_token": "t"});
        let asked = ScopeSet::new(asked.iter().map(|scope| (*scope).to_owned()));
        read(body.to_string().as_bytes(), &asked, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn scopes_are_compared_by_short_name_within_one_resource_without_regard_to_case() {
        let graph = "https://graph.microsoft.com";
        let full = format!("{graph}/Files.Read.All");
        for granted in ["Files.Read.All", &full, "files.read.all", "openid Files.Read.All profile"]
        {
            assert!(grant(granted, &[&full]).is_ok(), "{granted}");
            assert!(grant(granted, &["Files.Read.All"]).is_ok(), "{granted}");
        }
        for granted in
            ["", "Files.Read", "Files.Read.All.Extra", "https://other.test/Files.Read.All"]
        {
            let missing = grant(granted, &[&full]).unwrap_err();
            assert!(matches!(missing, OboError::ScopeMissing { .. }), "{granted}");
        }
    }

    #[test]
    fn row_51_what_is_missing_is_named() {
        let error = grant("User.Read", &["User.Read", "Mail.Read"]).unwrap_err();
        let expected = OboError::ScopeMissing {
            missing: vec!["Mail.Read".into()],
            granted: vec!["User.Read".into()],
        };
        assert_eq!(error, expected);
        assert!(error.may_succeed_with_fewer_scopes());
    }

    #[test]
    fn default_scopes_and_scopes_of_the_sign_in_need_not_be_repeated() {
        let databricks = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";
        assert!(grant("user_impersonation", &[databricks]).is_ok());
        assert!(grant("User.Read", &["User.Read", "openid", "profile"]).is_ok());
    }

    #[test]
    fn row_50_lifetimes_must_be_positive_whole_numbers() {
        let read = |value: Value| {
            let body = json!({"token_type": "bearer", "scope": "a", "expires_in": value, "access_token": "t"});
            let asked = ScopeSet::new(["a".to_owned()]);
            read(body.to_string().as_bytes(), &asked, Timestamp::UNIX_EPOCH)
                .map(|token| token.expires_at.as_second())
        };
        for (value, seconds) in
            [(json!(3599), 3599), (json!("3599"), 3599), (json!(10_000_000), 29 * 3600)]
        {
            assert_eq!(read(value), Ok(seconds));
        }
        for value in [
            json!(0),
            json!(-1),
            json!("abc"),
            json!(""),
            json!("-5"),
            json!(1.5),
            json!(null),
            json!("99999999999999999999"),
        ] {
            assert_eq!(read(value.clone()), Err(OboError::BadAnswer), "{value}");
        }
    }

    #[test]
    fn row_50_answers_that_are_no_grant_are_bad() {
        let good =
            json!({"token_type": "Bearer", "scope": "a", "expires_in": 1, "access_token": "t"});
        let asked = ScopeSet::new(["a".to_owned()]);
        for (name, value) in [
            ("token_type", json!("pop")),
            ("access_token", json!("")),
            ("access_token", json!("a\r\nb")),
            ("access_token", json!(1)),
            ("scope", json!(null)),
            ("expires_in", json!([])),
        ] {
            let mut body = good.clone();
            body[name] = value;
            let verdict = read(body.to_string().as_bytes(), &asked, Timestamp::UNIX_EPOCH);
            assert_eq!(verdict.err(), Some(OboError::BadAnswer), "{body}");
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(name);
            let verdict = read(body.to_string().as_bytes(), &asked, Timestamp::UNIX_EPOCH);
            assert_eq!(verdict.err(), Some(OboError::BadAnswer), "{name} missing");
        }
        let html = read(b"<html>", &asked, Timestamp::UNIX_EPOCH);
        assert_eq!(html.err(), Some(OboError::BadAnswer));
    }
}
