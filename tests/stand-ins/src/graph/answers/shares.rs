//! From an address to its item.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Ask;
use super::files::one;
use crate::graph::errors::{Outcome, Refusal};
use crate::graph::model::Item;
use crate::graph::reply::Reply;
use crate::graph::shapes;

pub(super) fn shared(ask: &Ask<'_>) -> Outcome<Reply> {
    let url = ask
        .var(0)
        .strip_prefix("u!")
        .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Refusal::invalid_request("The sharing token is malformed."))?;
    let plain = percent_encoding::percent_decode_str(&url).decode_utf8_lossy();
    let mut items = ask.world.items.iter().filter(|item| !item.deleted);
    let linked = |item: &&Item| shapes::link_urls(item).any(|link| link == url);
    if let Some(item) = items.clone().find(linked) {
        // Having a link is not enough: using it for the first time would be a grant.
        let sees = ask.world.sees(ask.person, item);
        return if sees { one(ask, item) } else { Err(Refusal::access_denied()) };
    }
    let found = items.find(|item| {
        ask.world.sees(ask.person, item)
            && (shapes::path_url(ask.world, item) == plain
                || shapes::web_url(ask.world, item) == url)
    });
    one(ask, found.ok_or_else(Refusal::not_found)?)
}
