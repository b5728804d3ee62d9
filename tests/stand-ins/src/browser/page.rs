//! A page as far as a person needs it: its title, its one form, where it leads by itself.

use anyhow::{Context as _, bail};
use reqwest::header::HeaderMap;
use url::Url;

/// A page that was read.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it was found.
    pub address: Url,
    /// The status it came with.
    pub status: u16,
    /// The headers it came with.
    pub headers: HeaderMap,
    /// The text of its title.
    pub title: String,
    /// The whole text.
    pub html: String,
    /// Its first form.
    pub form: Option<Form>,
    /// Where `<meta http-equiv="refresh">` leads.
    pub leads_to: Option<String>,
}

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it is sent, as written.
    pub action: String,
    /// Whether it is posted.
    pub is_post: bool,
    /// Fields with their values.
    pub fields: Vec<(String, String)>,
    /// Buttons by name and value.
    pub buttons: Vec<(String, String)>,
}

impl Page {
    pub(super) fn read(address: Url, status: u16, headers: HeaderMap, html: &str) -> Self {
        let mut form: Option<Form> = None;
        let mut in_form = false;
        let mut leads_to = None;
        for tag in tags(html) {
            match tag.name.as_str() {
                "form" if form.is_none() => {
                    in_form = true;
                    form = Some(Form {
                        action: tag.value("action").unwrap_or_default(),
                        is_post: tag.is("method", "post"),
                        ..Form::default()
                    });
                }
                "/form" => in_form = false,
                "input" | "button" if in_form => {
                    let pair = tag.value("name").zip(Some(tag.value("value").unwrap_or_default()));
                    let is_button =
                        tag.name == "button" || tag.is("type", "submit") || tag.is("type", "image");
                    if let (Some(form), Some(pair)) = (form.as_mut(), pair) {
                        if is_button { form.buttons.push(pair) } else { form.fields.push(pair) }
                    }
                }
                "meta" if tag.is("http-equiv", "refresh") => {
                    let content = tag.value("content").unwrap_or_default();
                    leads_to = content.split_once("url=").map(|(_, url)| url.trim().to_owned());
                }
                _ => {}
            }
        }
        let title = between(html, "<title>", "</title>").unwrap_or_default();
        Self {
            address,
            status,
            headers,
            title: html_escape::decode_html_entities(title).into_owned(),
            html: html.to_owned(),
            form,
            leads_to,
        }
    }
}

impl Form {
    /// Whether it has this button.
    pub fn has_button(&self, name: &str, value: &str) -> bool {
        self.buttons.iter().any(|(n, v)| n == name && v == value)
    }

    /// What is sent when this button is pressed, or the only one.
    pub(super) fn filled_in(
        &self,
        button: Option<(&str, &str)>,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let pressed = match button {
            Some((name, value)) => {
                let found = self.buttons.iter().find(|(n, v)| n == name && v == value);
                Some(found.context("the page has no such button")?)
            }
            None if self.buttons.len() > 1 => bail!("the page has several buttons"),
            None => self.buttons.first(),
        };
        Ok(self.fields.iter().chain(pressed).cloned().collect())
    }
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn value(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name).is_some_and(|known| known.eq_ignore_ascii_case(value))
    }
}

fn tags(html: &str) -> impl Iterator<Item = Tag> + '_ {
    html.split('<').skip(1).filter_map(|text| {
        let inside = tag_text(text)?;
        let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        let name = name.trim_end_matches('/').to_ascii_lowercase();
        Some(Tag { name, attributes: attributes(rest) })
    })
}

/// Up to the `>` that stands outside quotes.
fn tag_text(text: &str) -> Option<&str> {
    let mut quote = None;
    let end = text.char_indices().find(|(_, c)| match (quote, *c) {
        (Some(open), c) => {
            if c == open {
                quote = None;
            }
            false
        }
        (None, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        (None, c) => c == '>',
    })?;
    text.get(..end.0)
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let name_ends = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_ends);
        if name.is_empty() {
            return found;
        }
        let (value, left) = match after.trim_start().strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(text) => match text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                Some(quote) => {
                    let inside = text.get(1..).unwrap_or_default();
                    inside.split_once(quote).unwrap_or((inside, ""))
                }
                None => text.split_once(char::is_whitespace).unwrap_or((text, "")),
            },
        };
        let value = html_escape::decode_html_entities(value).into_owned();
        found.push((name.to_ascii_lowercase(), value));
        rest = left;
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::read(Url::parse("https://a.example/").unwrap(), 200, HeaderMap::new(), html)
    }

    #[test]
    fn a_form_is_read_with_its_fields_and_buttons() {
        let page = page(
            "<title>A &amp; B</title><form method=POST action='/go?a=1&amp;b=2'>\
             <input type=\"hidden\" name=csrf value=\"x > y\"><input name='empty' value=''>\
             <button name=\"decision\" value=\"allow\">Yes</button>\
             <button name=decision value=deny>No</button></form><input name=outside value=1>",
        );
        let form = page.form.unwrap();
        assert_eq!((page.title.as_str(), form.action.as_str()), ("A & B", "/go?a=1&b=2"));
        assert!(form.is_post && form.has_button("decision", "deny"));
        let sent = form.filled_in(Some(("decision", "allow"))).unwrap();
        let sent: Vec<_> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(sent, [("csrf", "x > y"), ("empty", ""), ("decision", "allow")]);
        assert!(form.filled_in(None).is_err(), "which button?");
    }

    #[test]
    fn a_page_that_leads_on_says_where() {
        let page =
            page("<meta http-equiv=refresh content=\"0; url=https://b.example/?x=1&amp;y=2\">");
        assert_eq!(page.leads_to.as_deref(), Some("https://b.example/?x=1&y=2"));
    }
}
