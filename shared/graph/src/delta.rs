//! What changed in a library. Graph's links to what follows are checked, and cut down to the token
//! in them.

use http::StatusCode;
use platform::upstream::Body;
use platform::{Call, ToolError};
use serde::de::DeserializeOwned;
use url::Url;

use crate::client::{Graph, Query, read};
use crate::failure;
use crate::id::Id;
use crate::listing::{Position, normalized, same_origin};
use crate::model::Collection;
use crate::operation::Operation;

/// The options that a place among changes is made of.
const TOKENS: &[&str] = &["token", "$deltatoken", "$skiptoken"];

/// One page of changes.
#[derive(Debug)]
pub struct Delta<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What follows.
    pub next: Next,
}

/// What follows a page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another page.
    Page(Position),
    /// Nothing yet; later changes are found from here.
    Later(Position),
}

/// Where changes are asked for.
#[derive(Clone, Copy, Debug)]
pub enum From<'a> {
    /// From the start: everything that is there.
    Start,
    /// From now on.
    Now,
    /// From a place that was answered before.
    Position(&'a Position),
}

impl Graph {
    /// A page of changes of a library; `None` when Graph no longer knows what changed since.
    ///
    /// # Errors
    /// As [`Graph::get`]; [`ToolError::InvalidCursor`] for a position of anything else.
    pub async fn changes<T: DeserializeOwned>(
        &self,
        call: &Call,
        drive: &Id,
        mut query: Query<'_>,
        from: From<'_>,
    ) -> Result<Option<Delta<T>>, ToolError> {
        let operation = Operation::DriveDelta { drive };
        let rule = operation.rule();
        match from {
            From::Start => {}
            From::Now => query.push(("token", "latest".to_owned())),
            From::Position(at) => {
                let known = at.query.iter().all(|(name, _)| TOKENS.contains(&name.as_str()));
                if at.operation != rule.name || at.query.is_empty() || !known {
                    return Err(ToolError::InvalidCursor);
                }
                query.extend(at.query.iter().map(|(name, value)| (name.as_str(), value.clone())));
            }
        }
        let response = self.send_any(call, &operation, query, Body::None).await?;
        if response.status == StatusCode::GONE {
            return Ok(None);
        }
        if !response.status.is_success() {
            return Err(failure::tool_error(response.status, &response.body, &rule));
        }
        let page: Collection<T> = read(&response.body)?;
        let base = self.upstream.base();
        let at = |link: &Option<String>| link.as_ref().map(|link| position(base, &operation, link));
        let again = |next: &Position| matches!(from, From::Position(at) if at == next);
        let next = match (at(&page.next_link), at(&page.delta_link)) {
            // A link that leads to its own page would be followed forever.
            (Some(Some(next)), _) if !again(&next) => Next::Page(next),
            (None, Some(Some(later))) => Next::Later(later),
            _ => return Err(failure::malformed("a link to what follows")),
        };
        Ok(Some(Delta { items: page.value, next }))
    }
}

/// The place that a link stands for; `None` unless it leads to the same changes on the same host.
///
/// Graph writes the token as an option, or as an argument of the function: `delta(token='x')`.
fn position(base: &Url, operation: &Operation<'_>, link: &str) -> Option<Position> {
    let link = Url::parse(link).ok()?;
    let below = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let below = percent_encoding::percent_decode_str(below).decode_utf8_lossy();
    let (path, argument) = match below.split_once("(token=") {
        Some((path, rest)) => (path, Some(rest.strip_suffix(')')?.trim_matches('\''))),
        None => (below.as_ref(), None),
    };
    let path = normalized(path.trim_end_matches("()"));
    let expected = operation.segments().join("/");
    if !same_origin(base, &link) || !path.eq_ignore_ascii_case(&expected) {
        return None;
    }
    let mut query: Vec<(String, String)> = link
        .query_pairs()
        .filter(|(name, value)| TOKENS.contains(&name.as_ref()) && !value.is_empty())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if let Some(token) = argument.filter(|token| !token.is_empty()) {
        query = vec![("token".to_owned(), token.to_owned())];
    }
    let name = operation.rule().name.to_owned();
    (!query.is_empty()).then_some(Position { operation: name, query })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_to_the_same_changes_is_followed() {
        let base = Url::parse("https://graph.microsoft.com/v1.0").unwrap();
        let drive = Id::try_from("b!1").unwrap();
        let operation = Operation::DriveDelta { drive: &drive };
        let token = |link: &str| {
            let found = position(&base, &operation, link)?;
            found.query.into_iter().next().map(|(name, value)| format!("{name}={value}"))
        };
        let start = "https://graph.microsoft.com/v1.0";
        for (link, expected) in [
            (format!("{start}/drives/b!1/root/delta?token=a%2Fb&$select=id"), "token=a/b"),
            (format!("{start}/drives/b!1/root/delta?$deltatoken=x"), "$deltatoken=x"),
            (format!("{start}/drives/b!1/root/delta(token='x;y')"), "token=x;y"),
            (format!("{start}/drives('b%211')/root/delta(token=x)?$top=5"), "token=x"),
            (format!("{start}/drives/b!1/root/delta()?token=x"), "token=x"),
        ] {
            assert_eq!(token(&link).as_deref(), Some(expected), "{link}");
        }
        for link in [
            "https://evil.example/v1.0/drives/b!1/root/delta?token=x",
            "http://graph.microsoft.com/v1.0/drives/b!1/root/delta?token=x",
            "https://graph.microsoft.com/v1.0/drives/b!2/root/delta?token=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/root/children?token=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/root/delta",
            "https://graph.microsoft.com/v1.0/drives/b!1/root/delta?token=",
            "https://graph.microsoft.com/v1.0/drives/b!1/root/delta?$filter=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/root/delta(token='x",
            "",
        ] {
            assert_eq!(token(link), None, "{link}");
        }
    }
}
