//! Documents: links that lead somewhere, decisions that are listed, drawings that show something.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use crate::Repository;

/// What a document holds, as far as a rule asks.
#[derive(Debug, Default)]
struct Document {
    links: Vec<String>,
    /// Anchors of its headings, as GitHub makes them.
    anchors: BTreeSet<String>,
    /// Language and text of each fenced block.
    blocks: Vec<(String, String)>,
}

fn read(text: &str) -> Document {
    let mut document = Document::default();
    let mut heading: Option<String> = None;
    let mut block: Option<(String, String)> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                document.links.push(dest_url.into_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor_of(&heading.take().unwrap_or_default());
                document.anchors.insert(anchor);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                block = Some((language.into_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => document.blocks.extend(block.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, content)) = block.as_mut() {
                    content.push_str(&text);
                } else if let Some(heading) = heading.as_mut() {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    document
}

fn anchor_of(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// Every link to a file of this repository leads to a file that exists, and to a heading it has.
pub fn links_lead_somewhere(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in repository.ending(".md") {
        for link in read(text).links {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let Some(target) = target_of(path, file) else {
                problems.push(format!("{path}: `{link}` leads out of the repository"));
                continue;
            };
            if !repository.holds(&target) {
                problems.push(format!("{path}: `{link}` leads to {target}, which does not exist"));
            } else if !anchor.is_empty()
                && target.rsplit('.').next() == Some("md")
                && !repository.text(&target).is_some_and(|text| read(text).anchors.contains(anchor))
            {
                problems.push(format!("{path}: `{link}`: {target} has no heading #{anchor}"));
            }
        }
    }
    problems
}

/// The file a link means, from the root; nothing if it leaves the repository.
fn target_of(page: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(page.to_owned());
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    if link.starts_with('/') {
        parts.clear();
    }
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

/// Every decision is linked from the map of the documents.
pub fn decisions_are_listed(repository: &Repository) -> Vec<String> {
    let map = repository.text("docs/README.md").map(read).unwrap_or_default();
    let linked: BTreeSet<_> =
        map.links.iter().filter_map(|link| target_of("docs/README.md", link)).collect();
    let pages = repository.between("docs/decisions/", ".md");
    let unlisted =
        pages.filter(|(path, _)| !path.ends_with("/README.md") && !linked.contains(*path));
    unlisted.map(|(path, _)| format!("docs/README.md: link {path}")).collect()
}

/// Every runbook is linked from their list, so that an alarm and a person find the same page.
pub fn runbooks_are_listed(repository: &Repository) -> Vec<String> {
    let list = "docs/runbooks/README.md";
    let listed = repository.text(list).map(read).unwrap_or_default();
    let linked: BTreeSet<_> =
        listed.links.iter().filter_map(|link| target_of(list, link)).collect();
    let pages = repository.between("docs/runbooks/", ".md").map(|(path, _)| path);
    let unlisted = pages.filter(|path| *path != list && !linked.contains(*path));
    unlisted.map(|path| format!("{list}: link {path}")).collect()
}

/// A page that code, a template or an alarm names exists.
pub fn named_pages_exist(repository: &Repository) -> Vec<String> {
    let Ok(page) = Regex::new(r"\bdocs/[\w./-]+\.md\b") else {
        return vec!["the pattern of a page's path is broken".to_owned()];
    };
    let mut problems = Vec::new();
    let speaks = |(path, text): &(&str, &str)| {
        let is_page = path.rsplit('.').next() == Some("md");
        !is_page && !path.starts_with("tests/tidy/") && text.contains("docs/")
    };
    for (path, text) in repository.files().filter(speaks) {
        for named in page.find_iter(text).map(|found| found.as_str()) {
            if !repository.holds(named) {
                problems.push(format!("{path}: {named} does not exist; write it, or name another"));
            }
        }
    }
    problems
}

/// Every drawing begins with its kind and has something to show.
pub fn drawings_show_something(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in repository.ending(".md") {
        for (language, content) in read(text).blocks {
            let lines = content.lines().filter(|line| !line.trim().is_empty()).count();
            if language == "mermaid" && lines < 2 {
                problems
                    .push(format!("{path}: a mermaid block shows nothing; draw it or take it out"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_nothing_is_found_and_code_is_no_link() {
        let page = "[a](one-call.md) [b](../README.md#the-start) [c](#own-words) ![d](../infra/)
[e](https://example.com/x) `[f](none.md)` [g]

```text
[h](none.md)
```

## Own words

[g]: connectors/mail.md
";
        let mut files = vec![
            ("docs/page.md", page),
            ("docs/one-call.md", ""),
            ("README.md", "# The `start`!\n"),
            ("infra/main.tf", ""),
            ("docs/connectors/mail.md", ""),
        ];
        assert_eq!(links_lead_somewhere(&Repository::of(&files)), Vec::<String>::new());
        files.truncate(2);
        let problems = links_lead_somewhere(&Repository::of(&files));
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn a_missing_heading_and_a_way_out_are_found() {
        let page = "[a](#nowhere) [b](../../elsewhere.md)";
        let problems = links_lead_somewhere(&Repository::of(&[("docs/page.md", page)]));
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("no heading #nowhere"), "{problems:?}");
        assert!(problems[1].contains("out of the repository"), "{problems:?}");
    }

    #[test]
    fn a_decision_that_nobody_links_is_found() {
        let files = [
            ("docs/README.md", "[1](decisions/0001-a.md)"),
            ("docs/decisions/0001-a.md", ""),
            ("docs/decisions/0002-b.md", ""),
        ];
        let problems = decisions_are_listed(&Repository::of(&files));
        assert_eq!(problems, ["docs/README.md: link docs/decisions/0002-b.md"]);
    }

    #[test]
    fn a_runbook_that_nobody_links_is_found() {
        let files = [
            ("docs/runbooks/README.md", "[a](slow.md)"),
            ("docs/runbooks/slow.md", ""),
            ("docs/runbooks/late.md", ""),
        ];
        let problems = runbooks_are_listed(&Repository::of(&files));
        assert_eq!(problems, ["docs/runbooks/README.md: link docs/runbooks/late.md"]);
    }

    #[test]
    fn an_alarm_that_names_no_page_is_found() {
        let alarm = "Runbook: docs/runbooks/slow.md. See docs/late.md, docs/late and \"docs/*.md\"";
        let files = [("template.yaml", alarm), ("docs/runbooks/slow.md", "in docs/none.md")];
        let problems = named_pages_exist(&Repository::of(&files));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("template.yaml: docs/late.md"), "{problems:?}");
    }

    #[test]
    fn an_empty_drawing_is_found() {
        let good = "```mermaid\nflowchart LR\n  a --> b\n```\n";
        let bad = "```mermaid\n\n```\n\n```mermaid\nflowchart LR\n```\n";
        assert!(drawings_show_something(&Repository::of(&[("a.md", good)])).is_empty());
        assert_eq!(drawings_show_something(&Repository::of(&[("a.md", bad)])).len(), 2);
    }
}
