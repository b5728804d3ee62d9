//! Text beside the body: footnotes, comments, headers and footers.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::package::Package;
use super::walk::{Context, Target, Walk};
use crate::markdown;
use crate::unreadable::Unreadable;
use crate::writer::Writer;

/// Headers and footers that are looked at.
const MAX_MARGINS: usize = 60;
/// The longest text of a header or footer that is told.
const MAX_MARGIN: usize = 1_000;

/// One footnote or comment.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    pub(super) text: String,
    pub(super) author: String,
}

/// All stories of a part, by their ids. A damaged part gives those before the damage.
pub(super) fn read(
    package: &mut Package<'_>,
    kind: &str,
    context: &mut Context,
) -> Result<HashMap<String, Story>, Unreadable> {
    let Some((part, links)) = package.part(kind)? else { return Ok(HashMap::new()) };
    let mut inner = context.for_story();
    inner.links = links;
    let mut walk = Walk::new(Target::stories(), inner, false);
    walk.run(part)?;
    let stories = walk.take_stories();
    context.cut |= !walk.is_at_end();
    context.take_back(&walk.finish());
    Ok(stories)
}

/// Tells the texts of headers and footers once, when there is more in them than page numbers.
pub(super) fn tell_margins(
    package: &mut Package<'_>,
    context: &mut Context,
    writer: &mut Writer<'_>,
) -> Result<(), Unreadable> {
    let mut texts: Vec<String> = Vec::new();
    let names = [package.names_of("header"), package.names_of("footer")].concat();
    for name in names.into_iter().take(MAX_MARGINS) {
        let Some(part) = package.named(&name)? else { continue };
        let mut walk = Walk::new(Target::margin(), context.for_story(), false);
        walk.run(part)?;
        let text = walk.take_text();
        context.take_back(&walk.finish());
        let text: String = text.chars().take(MAX_MARGIN).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().filter(|c| c.is_alphabetic()).count() > 2 && !texts.contains(&text) {
            texts.push(text);
        }
    }
    for (at, text) in texts.iter().enumerate() {
        let text = markdown::paragraph(text);
        if at == 0 && writer.block("**Header/footer**").is_break() {
            break;
        }
        if writer.line(&text) == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}
