//! Markdown from plain words.

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
pub(crate) fn paragraph(text: &str) -> String {
    if !text.contains(['#', '>', '|', '`', '<']) {
        return text.trim().to_owned();
    }
    // What nobody sees may not hide where a line begins.
    let text = clean(text);
    let text = text.trim();
    let special = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['#', '>', '|']) || line.starts_with("```") || line.starts_with("<!--")
    };
    if !text.lines().any(special) {
        return text.to_owned();
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
    safe
}

/// Text that stays in its cell.
pub(crate) fn cell(text: &str) -> String {
    text.trim().replace('\\', "\\\\").replace('|', "\\|").replace('\n', "<br>")
}

/// A link whose text and address keep their places.
pub(crate) fn link(text: &str, address: &str) -> String {
    let words = text.trim().replace('[', "\\[").replace(']', "\\]");
    if address.is_empty() {
        return words;
    }
    let mut safe = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            ' ' => safe.push_str("%20"),
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '\n' | '\r' | '\t' => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_cells_whatever_is_in_them() {
        let rows = vec![vec!["a|b".to_owned(), "c".to_owned()], vec!["1\n2".to_owned()]];
        assert_eq!(table(&rows), "| a\\|b | c |\n| --- | --- |\n| 1<br>2 |  |");
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
        assert_eq!(
            link("a [b]", "https://x/?a=1&b=2 (c)"),
            "[a \\[b\\]](https://x/?a=1&b=2%20%28c%29)"
        );
    }
}
