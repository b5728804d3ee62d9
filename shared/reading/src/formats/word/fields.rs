//! Fields: the instruction is not text, the result is.

use super::inline::Inline;

/// The longest instruction that is kept.
const MAX_INSTRUCTION: usize = 8 * 1024;

/// The fields that are open, innermost last.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug, Default)]
struct Field {
    instruction: String,
    in_result: bool,
    /// Where its result begins.
    mark: usize,
    /// The paragraph in which it begins, and the one of its result.
    begins: u64,
    paragraph: u64,
}

impl Fields {
    /// A field begins in a paragraph.
    pub(super) fn begin(&mut self, paragraph: u64) {
        const MAX: usize = 64;
        if self.0.len() < MAX {
            self.0.push(Field { begins: paragraph, ..Field::default() });
        }
    }

    /// A piece of an instruction.
    pub(super) fn instruct(&mut self, text: &str) {
        if let Some(field) = self.0.last_mut().filter(|f| !f.in_result)
            && field.instruction.len() + text.len() < MAX_INSTRUCTION
        {
            field.instruction.push_str(text);
        }
    }

    /// The result begins.
    pub(super) fn separate(&mut self, inline: &mut Inline, paragraph: u64) {
        if let Some(field) = self.0.last_mut() {
            field.in_result = true;
            field.mark = inline.mark();
            field.paragraph = paragraph;
        }
    }

    /// The innermost field ends; what it links to comes with the place where its words begin.
    pub(super) fn end(&mut self, paragraph: u64) -> Option<(usize, String)> {
        let field = self.0.pop()?;
        let address = address(&field.instruction)?;
        (field.in_result && field.paragraph == paragraph).then_some((field.mark, address))
    }

    /// Whether text here is an instruction, or the number of a page when those are not wanted.
    ///
    /// A field without an end hides no more than the rest of its paragraph.
    pub(super) fn hide_text(&self, paragraph: u64, page_numbers: bool) -> bool {
        self.0
            .iter()
            .filter(|field| field.begins == paragraph)
            .any(|field| !field.in_result || (!page_numbers && is_page(&field.instruction)))
    }
}

/// Whether a field shows the number of a page.
pub(super) fn is_page(instruction: &str) -> bool {
    let word = instruction.split_whitespace().next().unwrap_or_default();
    ["PAGE", "NUMPAGES", "SECTIONPAGES"].iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// The address outside the document in `HYPERLINK "address" \l "place"`.
pub(super) fn address(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start();
    let name = rest.get(..9).filter(|name| name.eq_ignore_ascii_case("HYPERLINK"))?;
    let rest = rest.strip_prefix(name)?.trim_start();
    let quoted = rest.strip_prefix('"')?;
    let (address, rest) = quoted.split_once('"')?;
    let place = rest.split_once("\\l").and_then(|(_, rest)| rest.split('"').nth(1));
    Some(match place {
        Some(place) if !address.is_empty() => format!("{address}#{place}"),
        _ => address.to_owned(),
    })
}
