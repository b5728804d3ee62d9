//! What a style hides: text that no reader of the page sees is not read either.

/// How an element is seen. What only changes how text looks, a descendant may change back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each hides by itself, and ends by itself")]
pub(super) struct Sight {
    /// Not there at all, with all that is in it.
    pub(super) gone: bool,
    invisible: bool,
    tiny: bool,
    faint: bool,
}

impl Sight {
    /// Whether nobody sees text here.
    pub(super) fn is_hidden(self) -> bool {
        self.gone || self.invisible || self.tiny || self.faint
    }

    /// How an element with this style attribute is seen, inside this one.
    pub(super) fn within(mut self, style: &str) -> Self {
        let style = without_comments(&style.to_ascii_lowercase());
        let mut display_none = false;
        let mut nowhere = false;
        let mut no_overflow = false;
        let mut no_size = false;
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else {
                continue;
            };
            let value = value.trim().trim_end_matches("!important").trim();
            match name.trim() {
                "display" => display_none = value == "none",
                "visibility" => self.invisible = matches!(value, "hidden" | "collapse"),
                "opacity" => nowhere |= is_zero(value),
                "mso-hide" => nowhere |= value == "all",
                "font-size" => self.tiny = is_tiny(value, self.tiny),
                "color" => self.faint = value == "transparent",
                "text-indent" | "left" | "top" | "margin-left" => nowhere |= is_far_off(value),
                "max-height" | "max-width" | "height" | "width" => no_size |= is_zero(value),
                "overflow" => no_overflow = value == "hidden",
                _ => {}
            }
        }
        self.gone |= display_none || nowhere || (no_overflow && no_size);
        self
    }
}

fn without_comments(style: &str) -> String {
    let mut text = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// Number and unit of a length.
fn number(value: &str) -> Option<(f32, &str)> {
    let end = value
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+'))
        .unwrap_or(value.len());
    let (digits, unit) = value.split_at_checked(end)?;
    Some((digits.parse().ok()?, unit.trim()))
}

fn is_zero(value: &str) -> bool {
    number(value).is_some_and(|(number, _)| number <= 0.0)
}

fn is_far_off(value: &str) -> bool {
    number(value).is_some_and(|(number, _)| number <= -900.0)
}

/// A pixel or less. A share of what is tiny is tiny.
fn is_tiny(value: &str, inside_tiny: bool) -> bool {
    match number(value) {
        Some((number, "px" | "pt" | "")) => number <= 1.0,
        Some((number, "em" | "%")) => number <= 0.0 || inside_tiny,
        Some((number, _)) => number <= 0.0,
        None => inside_tiny && matches!(value, "inherit" | "smaller" | "larger"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_hides_in_many_ways() {
        for style in [
            "display:none",
            "DISPLAY : NONE !important; color:red",
            "display:/* */none",
            "visibility:hidden",
            "font-size:0",
            "font-size:0px",
            "font-size:1px",
            "opacity:0",
            "opacity: 0.0",
            "mso-hide:all",
            "color:transparent",
            "max-height:0;overflow:hidden",
            "position:absolute;left:-9999px",
        ] {
            assert!(Sight::default().within(style).is_hidden(), "{style}");
        }
        for style in ["", "display:block", "font-size:11pt", "opacity:0.5", "max-height:0", ";;:"] {
            assert!(!Sight::default().within(style).is_hidden(), "{style}");
        }
    }

    #[test]
    fn size_and_visibility_come_back_inside_and_what_is_gone_stays_gone() {
        let layout = Sight::default().within("font-size:0px");
        assert!(!layout.within("font-size:13px").is_hidden());
        assert!(layout.within("font-size:100%").is_hidden());
        let hidden = Sight::default().within("visibility:hidden");
        assert!(!hidden.within("visibility:visible").is_hidden());
        assert!(Sight::default().within("display:none").within("display:block").is_hidden());
    }
}
