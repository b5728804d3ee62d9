//! Lists, page by page. Graph's links to next pages are checked, cut down to what follows the
//! address we would ask anyway, and never shown.

use platform::{Call, ToolError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::client::{Graph, Query};
use crate::failure;
use crate::model::Collection;
use crate::operation::Operation;

/// Empty pages that are passed over before a list is called finished.
const MAX_EMPTY_PAGES: usize = 5;

/// A place in a list: the query of Graph's own link. It goes into sealed cursors only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub(crate) operation: String,
    pub(crate) query: Vec<(String, String)>,
}

/// One page of a list.
#[derive(Debug)]
pub struct Listing<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts.
    pub next: Option<Position>,
}

impl Graph {
    /// One page of a list: the first, or the one at a position.
    ///
    /// # Errors
    /// As [`Graph::get`]; [`ToolError::InvalidCursor`] for a position of another list.
    pub async fn page<T: DeserializeOwned>(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        query: Query<'_>,
        from: Option<Position>,
    ) -> Result<Listing<T>, ToolError> {
        let mut query = continue_at(operation, query, from)?;
        for _ in 0..MAX_EMPTY_PAGES {
            let collection: Collection<T> = self.get(call, operation, borrowed(&query)).await?;
            let listing = self.listing(operation, collection)?;
            match &listing.next {
                Some(next) if listing.items.is_empty() && next.query != query => {
                    query.clone_from(&next.query);
                }
                // A link that leads to its own page would be followed forever.
                Some(next) if next.query == query => {
                    return Ok(Listing { items: listing.items, next: None });
                }
                _ => return Ok(listing),
            }
        }
        Ok(Listing { items: Vec::new(), next: None })
    }

    /// A page that was read already, its link checked.
    ///
    /// # Errors
    /// When the link leads anywhere but to the same list.
    pub fn listing<T>(
        &self,
        operation: &Operation<'_>,
        collection: Collection<T>,
    ) -> Result<Listing<T>, ToolError> {
        let next = match &collection.next_link {
            None => None,
            Some(link) => Some(
                position(self.upstream.base(), operation, link)
                    .ok_or_else(|| failure::malformed("a link to the next page"))?,
            ),
        };
        Ok(Listing { items: collection.value, next })
    }
}

/// The query for the page at a position, checked again: a position may come from a cursor.
pub(crate) fn continue_at(
    operation: &Operation<'_>,
    query: Query<'_>,
    from: Option<Position>,
) -> Result<Vec<(String, String)>, ToolError> {
    let Some(position) = from else {
        return Ok(query.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    };
    let rule = operation.rule();
    if position.operation != rule.name || !position.query.iter().all(|(name, _)| rule.takes(name)) {
        return Err(ToolError::InvalidCursor);
    }
    Ok(position.query)
}

/// The same query, borrowed.
pub(crate) fn borrowed(query: &[(String, String)]) -> Query<'_> {
    query.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
}

/// The position that a link stands for; `None` unless it leads to the same list on the same host.
fn position(base: &Url, operation: &Operation<'_>, link: &str) -> Option<Position> {
    let link = Url::parse(link).ok()?;
    let below = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let expected = operation.segments().join("/");
    if !same_origin(base, &link) || !normalized(below).eq_ignore_ascii_case(&expected) {
        return None;
    }
    let rule = operation.rule();
    let query: Vec<(String, String)> = link
        .query_pairs()
        .filter(|(name, _)| rule.takes(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    (!query.is_empty()).then(|| Position { operation: rule.name.to_owned(), query })
}

/// Whether a link leads to the host that is asked anyway, without a name and a password in it.
pub(crate) fn same_origin(base: &Url, link: &Url) -> bool {
    link.scheme() == base.scheme()
        && link.host_str() == base.host_str()
        && link.port_or_known_default() == base.port_or_known_default()
        && link.username().is_empty()
        && link.password().is_none()
}

/// `drives('x')/items('y')/children` and `drives/x/items/y/children` are the same address.
pub(crate) fn normalized(path: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(path.trim_matches('/')).decode_utf8_lossy();
    decoded.replace("('", "/").replace("')", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn base() -> Url {
        Url::parse("https://graph.microsoft.com/v1.0").unwrap()
    }

    #[test]
    fn only_a_link_to_the_same_list_is_followed() {
        let (drive, item) = (Id::try_from("b!1").unwrap(), Id::try_from("01A").unwrap());
        let children = Operation::ItemChildren { drive: &drive, item: &item };
        let good = [
            "https://graph.microsoft.com/v1.0/drives/b!1/items/01A/children?$skiptoken=x&$top=5",
            "https://graph.microsoft.com/v1.0/drives('b%211')/items('01A')/children?%24skiptoken=x",
            "https://graph.microsoft.com:443/v1.0/drives/b!1/items/01a/children?$skiptoken=x",
        ];
        let bad = [
            "http://graph.microsoft.com/v1.0/drives/b!1/items/01A/children?$skiptoken=x",
            "https://graph.microsoft.com.evil.example/v1.0/drives/b!1/items/01A/children?$skiptoken=x",
            "https://graph.microsoft.com@evil.example/v1.0/drives/b!1/items/01A/children?$skiptoken=x",
            "https://graph.microsoft.com:8443/v1.0/drives/b!1/items/01A/children?$skiptoken=x",
            "https://graph.microsoft.com/beta/drives/b!1/items/01A/children?$skiptoken=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/items/01A/content?$skiptoken=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/items/01A/../01B/children?$skiptoken=x",
            "https://graph.microsoft.com/v1.0/drives/b!1/items/01A/children",
            "/v1.0/drives/b!1/items/01A/children?$skiptoken=x",
            "https://...",
            "",
        ];
        for link in good {
            let position = position(&base(), &children, link);

            let token = position.and_then(|p| p.query.into_iter().find(|(n, _)| n == "$skiptoken"));
            assert_eq!(token.map(|(_, value)| value).as_deref(), Some("x"), "{link}");
        }
        for link in bad {
            assert_eq!(position(&base(), &children, link), None, "{link}");
        }
    }

    #[test]
    fn a_position_opens_only_its_own_list_and_known_options() {
        let site = Id::try_from("s").unwrap();
        let drives = Operation::SiteDrives { site: &site };
        let lists = Operation::SiteLists { site: &site };
        let at = |name: &str, option: &str| Position {
            operation: name.to_owned(),
            query: vec![(option.to_owned(), "x".to_owned())],
        };

        assert!(continue_at(&drives, vec![], Some(at("site_drives", "$skiptoken"))).is_ok());
        assert!(continue_at(&lists, vec![], Some(at("site_drives", "$skiptoken"))).is_err());
        assert!(continue_at(&drives, vec![], Some(at("site_drives", "$expand"))).is_err());
    }
}
