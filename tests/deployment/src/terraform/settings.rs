//! The settings of an environment, as they stand in its `.tfvars` files: one `name = value` a line.

/// The value of a setting as Terraform would read it, without a comment after it.
pub fn setting<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(own, _)| own.trim() == name)?;
    Some(value.split('#').next().unwrap_or_default().trim())
}

/// The value of a setting that is a text.
pub fn text_setting<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    setting(text, name).map(|value| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_by_its_whole_name_and_without_its_comment() {
        let text = "zone = \"a.example\"\nzone_name = \"b.example\" # ours\nlist=[1, 2]\n";
        assert_eq!(text_setting(text, "zone_name"), Some("b.example"));
        assert_eq!(setting(text, "zone_name"), Some("\"b.example\""));
        assert_eq!(setting(text, "list"), Some("[1, 2]"));
        assert_eq!(setting(text, "name"), None);
    }
}
