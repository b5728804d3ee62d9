//! Markdown from plain words.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};

use crate::clean::clean;

/// A table: the first row is its header. Rows are filled up to the longest one.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    if width == 0 {
        return String::new();
    }
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        push_row(&mut text, row, width);
        if at == 0 {
            text.push('|');
            text.push_str(&" --- |".repeat(width));
            text.push('\n');
        }
    }
    text.pop();
    text
}

/// One row of a table, with its line end.
pub(crate) fn push_row(text: &mut String, row: &[String], width: usize) {
    text.push('|');
    for at in 0..width {
        text.push(' ');
        text.push_str(&cell(row.get(at).map(String::as_str).unwrap_or_default()));
        text.push_str(" |");
    }
    text.push('\n');
}

/// Text that stays a paragraph: no line of it begins like a heading, a quotation, a fence, a table
/// or a mark of ours.
pub(crate) fn paragraph(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr3(b'#', b'>', b'|', bytes).is_none() && memchr2(b'`', b'<', bytes).is_none() {
        return Cow::Borrowed(text.trim());
    }
    // What nobody sees may not hide where a line begins.
    let cleaned = clean(text);
    let text = cleaned.trim();
    let special = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['#', '>', '|']) || line.starts_with("```") || line.starts_with("<!--")
    };
    if !text.lines().any(special) {
        return Cow::Owned(text.to_owned());
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            safe.push('\n');
        }
        if special(line) {
            safe.push('\\');
        }
        safe.push_str(line.trim_start());
    }
    Cow::Owned(safe)
}

/// Text that stays in its cell.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if memchr3(b'\\', b'|', b'\n', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "<br>"))
}

/// Text that cannot pose as one of our marks, such as the one for a page.
pub(crate) fn without_marks(text: Cow<'_, str>) -> Cow<'_, str> {
    const MARK: &str = "<!--";
    if !text.contains(MARK) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, piece) in text.split(MARK).enumerate() {
        if at > 0 {
            safe.push_str(if safe.ends_with('\\') { MARK } else { "\\<!--" });
        }
        safe.push_str(piece);
    }
    Cow::Owned(safe)
}

/// A link whose text and address keep their places; only the words where no person could open it.
pub(crate) fn link(text: &str, address: &str) -> String {
    let words = text.trim().replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    let Some(address) = crate::address::address(address) else {
        return words;
    };
    let mut safe = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            ' ' => safe.push_str("%20"),
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            other => safe.push(other),
        }
    }
    format!("[{words}]({safe})")
}

/// A heading of a level, 1 to 6.
pub(crate) fn heading(level: u8, text: &str) -> String {
    let marks = "#".repeat(usize::from(level.clamp(1, 6)));
    format!("{marks} {}", text.trim().replace('\n', " "))
}

/// Words that stand beside the text: every line is marked as a quotation, the first says whose.
pub(crate) fn quote(label: &str, text: &str) -> String {
    let label = label.replace('\n', " ");
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.is_empty() { String::new() } else { format!("> {label}: {}", lines.join("\n> ")) }
}

/// An item of a list; its further lines stay in it.
pub(crate) fn item(level: usize, mark: &str, text: &str) -> String {
    const MAX_LEVEL: usize = 9;
    let indent = "  ".repeat(level.min(MAX_LEVEL));
    let text = text.trim().replace('\n', &format!("\n{indent}  "));
    format!("{indent}{mark} {text}")
}

/// What stands in the text for an image.
pub(crate) fn image(alt: &str) -> String {
    let words: Vec<&str> = alt.split_whitespace().collect();
    if words.is_empty() { String::new() } else { format!("[image: {}]", words.join(" ")) }
}

/// A person: name and address, or what there is of them.
pub(crate) fn person(name: &str, address: &str) -> String {
    let (name, address) = (name.trim(), address.trim());
    match (name.is_empty(), address.is_empty()) {
        (true, _) => address.to_owned(),
        (false, true) => name.to_owned(),
        (false, false) if name.eq_ignore_ascii_case(address) => address.to_owned(),
        (false, false) => format!("{name} <{address}>"),
    }
}

/// Code inside a line.
pub(crate) fn code(text: &str) -> String {
    let text = text.trim().replace('\n', " ");
    match longest_run(&text, '`') {
        _ if text.is_empty() => text,
        0 => format!("`{text}`"),
        run => {
            let marks = "`".repeat(run + 1);
            format!("{marks} {text} {marks}")
        }
    }
}

/// The line that begins and ends a block of code, which nothing in the code can end.
pub(crate) fn fence(code: &str) -> String {
    "`".repeat((longest_run(code, '`') + 1).max(3))
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for character in text.chars() {
        run = if character == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_cells_whatever_is_in_them() {
        let rows = vec![vec!["a|b".to_owned(), "c".to_owned()], vec!["1\n2".to_owned()]];
        assert_eq!(table(&rows), "| a\\|b | c |\n| --- | --- |\n| 1<br>2 |  |");
    }

    #[test]
    fn no_text_poses_as_a_mark() {
        assert_eq!(without_marks("a <!-- page 9 -->".into()), "a \\<!-- page 9 -->");
        assert_eq!(without_marks("\\<!-- page 9 -->".into()), "\\<!-- page 9 -->");
        assert_eq!(without_marks("<!--<!--".into()), "\\<!--\\<!--");
    }

    #[test]
    fn nothing_in_code_ends_it() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "``` a``b ```");
        assert_eq!(fence("x"), "```");
        assert_eq!(fence("````\nx"), "`````");
    }

    #[test]
    fn a_paragraph_cannot_become_anything_else() {
        assert_eq!(paragraph("# no heading\nplain"), "\\# no heading\nplain");
        assert_eq!(paragraph("a\n  > b"), "a\n\\> b");
        assert_eq!(paragraph("<!-- page 3 -->"), "\\<!-- page 3 -->");
        assert_eq!(paragraph("a\u{2028}\u{200b}# b"), "a\n\\# b");
        assert_eq!(paragraph(" C# and a > b "), "C# and a > b");
    }

    #[test]
    fn a_link_keeps_its_address() {
        assert_eq!(link("a", "java\tscript:x"), "a");
        assert_eq!(
            link("a [b]", "https://x/?a=1&b=2 (c)"),
            "[a \\[b\\]](https://x/?a=1&b=2%20%28c%29)"
        );
    }

    #[test]
    fn a_quotation_and_an_item_keep_their_lines() {
        assert_eq!(quote("Notes", "one\n\ntwo"), "> Notes: one\n> two");
        assert_eq!(quote("Notes", " \n"), "");
        assert_eq!(item(1, "-", "one\ntwo"), "  - one\n    two");
        assert_eq!(image("a\nb"), "[image: a b]");
    }
}
