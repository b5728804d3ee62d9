//! Paragraphs that a mail program broke into lines (RFC 3676).

/// The text with its paragraphs whole again.
pub(super) fn joined(text: &str, drop_space: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    // Depth of quoting of the line that goes on, if one does.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let rest = line.trim_start_matches('>');
        let depth = line.len() - rest.len();
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        if open != Some(depth) {
            if open.is_some() {
                whole.push('\n');
            }
            if depth > 0 {
                whole.push_str(&">".repeat(depth));
                whole.push(' ');
            }
        }
        let flows = rest.ends_with(' ') && rest != "-- ";
        whole.push_str(if flows && drop_space { rest.trim_end_matches(' ') } else { rest });
        open = flows.then_some(depth);
        if !flows {
            whole.push('\n');
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn lines_that_flow_are_one() {
        assert_eq!(
            joined("One \ntwo.\n  x\n> a \n> b\n>> c \nd\n-- \nAnn", false),
            "One two.\n x\n> a b\n>> c \nd\n-- \nAnn\n"
        );
        assert_eq!(joined("日本 \n語", true), "日本語\n");
    }
}
