//! Which elements of a page do what.

/// The list level that Word writes into the style of a paragraph: `mso-list:l0 level2 lfo1`.
pub(super) fn list_level(style: &str) -> Option<usize> {
    let (_, rest) = style.split_once("mso-list:")?;
    let (_, rest) = rest.split(';').next()?.split_once("level")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A paragraph with Word's bullet in it, as an item of Markdown.
pub(super) fn as_item(text: &str) -> String {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or(("", text));
    let numbered = first.ends_with(['.', ')']) && first.chars().count() <= 6;
    match first {
        "" => format!("- {text}"),
        _ if numbered => format!("{first} {}", rest.trim_start()),
        _ if first.chars().count() == 1 => format!("- {}", rest.trim_start()),
        _ => format!("- {text}"),
    }
}

/// What is no text of a page even where it is hidden.
pub(super) fn is_code(name: &str) -> bool {
    matches!(name, "script" | "style" | "svg" | "path" | "title")
}

pub(super) fn is_never_seen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "svg"
            | "iframe"
            | "object"
            | "noembed"
            | "noframes"
            | "datalist"
    )
}

pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "wbr"
            | "meta"
            | "link"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "source"
            | "track"
            | "param"
    )
}

pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "menu"
            | "dir"
            | "li"
            | "blockquote"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "caption"
            | "pre"
            | "listing"
            | "hr"
            | "dl"
            | "dt"
            | "dd"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "main"
            | "figure"
            | "figcaption"
            | "address"
            | "center"
            | "details"
            | "summary"
            | "form"
            | "fieldset"
            | "legend"
            | "option"
            | "body"
            | "button"
            | "textarea"
    )
}
