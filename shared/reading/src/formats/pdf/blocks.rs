//! The blocks of a laid-out page.

use std::ops::ControlFlow;

use unpdf::render::BlockRenderer;
use unpdf::{Block, Page};

use crate::writer::Writer;

/// Tells a page. Its headings are entries of the outline unless the file has bookmarks.
pub(super) fn tell(
    page: &Page,
    renderer: &BlockRenderer,
    has_bookmarks: bool,
    writer: &mut Writer<'_>,
) -> ControlFlow<()> {
    let mut in_list = false;
    for block in in_order(&page.elements) {
        let was_in_list = std::mem::take(&mut in_list);
        match block {
            Block::Paragraph(paragraph) => {
                if let Some(level) = paragraph.heading_level() {
                    let text = paragraph.plain_text();
                    if has_bookmarks {
                        writer.heading_of_text(level, &text)?;
                    } else {
                        writer.heading(level, &text)?;
                    }
                    continue;
                }
                in_list = paragraph.is_list_item();
                let text = renderer.render_block(block);
                if was_in_list && in_list {
                    writer.line(&text)?;
                } else {
                    writer.block(&text)?;
                }
            }
            Block::Table(_) | Block::Code { .. } | Block::Raw { .. } => {
                writer.block(&renderer.render_block(block))?;
            }
            Block::Image { .. }
            | Block::HorizontalRule
            | Block::PageBreak
            | Block::SectionBreak => {}
        }
    }
    ControlFlow::Continue(())
}

/// The blocks in the order of the page. The library puts a table before a heading that does not
/// reach over it; at the end of a page it can be told that it belongs after it.
fn in_order(blocks: &[Block]) -> Vec<&Block> {
    let mut blocks: Vec<&Block> = blocks.iter().collect();
    let is_heading = |block: &Block| matches!(block, Block::Paragraph(text) if text.is_heading());
    if let [.., table, heading] = blocks.as_mut_slice()
        && matches!(table, Block::Table(_))
        && is_heading(heading)
    {
        std::mem::swap(table, heading);
    }
    blocks
}

/// Characters of text on a page.
pub(super) fn chars(page: &Page) -> usize {
    page.plain_text().chars().filter(|character| !character.is_whitespace()).count()
}
