//! From the tokens of a page to its blocks, with a stack of open elements of our own: no tree and
//! no recursion, whatever the page nests.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::blocks::Blocks;
use super::elements::{as_item, is_block, is_code, is_never_seen, is_void, list_level};
use super::inline::{Inline, Mark};
use super::style::Sight;
use crate::address::address;
use crate::markdown;
use crate::reading::Note;

/// Elements open at once. No page of a person comes near.
const MAX_OPEN: usize = 100_000;
/// How far an end tag looks for its beginning.
const MAX_REACH: usize = 1_024;

/// What has to be done when an element ends.
enum Role {
    Nothing,
    Block,
    Heading,
    Container,
    Table,
    Cell,
    Pre,
    Title,
    Inline(Mark),
    /// A line in bold.
    Term,
    /// A paragraph that is a list item by its style.
    LooseItem,
}

struct Element {
    name: LocalName,
    sight: Sight,
    role: Role,
}

/// Receives tokens.
pub(super) struct Sink<'w, 'r>(pub(super) RefCell<Renderer<'w, 'r>>);

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut renderer = self.0.borrow_mut();
        if renderer.blocks.stopped {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return renderer.start(&tag),
            Token::TagToken(tag) => renderer.end(&tag.name),
            Token::CharacterTokens(text) => renderer.text(&text),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// Renders a page.
pub(super) struct Renderer<'w, 'r> {
    pub(super) blocks: Blocks<'w, 'r>,
    open: Vec<Element>,
    /// How many elements of each name are open: most ends and beginnings end nothing.
    counts: HashMap<LocalName, usize>,
    inline: Inline,
    /// Text that keeps its white space.
    pre: Option<String>,
    /// The level of the heading that the next block is.
    heading: Option<u8>,
    /// The level of the list item that the open paragraph is by its style.
    loose: Option<usize>,
    title: Option<String>,
    wants_title: bool,
    hid_text: bool,
    images: u32,
}

impl<'w, 'r> Renderer<'w, 'r> {
    pub(super) fn new(blocks: Blocks<'w, 'r>, wants_title: bool) -> Self {
        Self {
            blocks,
            open: Vec::new(),
            counts: HashMap::new(),
            inline: Inline::default(),
            pre: None,
            heading: None,
            loose: None,
            title: None,
            wants_title,
            hid_text: false,
            images: 0,
        }
    }

    fn sight(&self) -> Sight {
        self.open.last().map(|element| element.sight).unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        if let Some(title) = &mut self.title {
            title.push_str(text);
        } else if self.sight().is_hidden() {
            let code = self.open.last().is_some_and(|element| is_code(&element.name));
            self.hid_text |= !code && text.chars().any(char::is_alphanumeric);
        } else if let Some(pre) = &mut self.pre {
            pre.push_str(text);
        } else {
            self.inline.push(text);
        }
    }

    /// Tells the paragraph so far.
    fn flush(&mut self) {
        if self.pre.is_some() || self.inline.is_empty() {
            return;
        }
        let text = self.inline.take();
        // Of a heading with blocks in it, or one that never ends, the first block is the heading.
        if let Some(level) = self.heading.take() {
            self.inline.plain = false;
            return self.blocks.heading(level, &text);
        }
        match self.loose {
            Some(level) => self.blocks.loose_item(level, &as_item(&text)),
            None => self.blocks.paragraph(&text),
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let inside_drawing = self.open.last().is_some_and(|e| e.sight.gone && &*e.name == "svg");
        self.end_implied(name);
        let mut sight = self.sight().within(attribute(tag, "style").unwrap_or_default());
        sight.gone |= attribute(tag, "hidden").is_some() || is_never_seen(name);
        if is_void(name) || (tag.self_closing && (name.contains(':') || name == "svg")) {
            if !sight.is_hidden() {
                self.void(name, tag);
            }
            return TokenSinkResult::Continue;
        }
        if self.open.len() >= MAX_OPEN {
            self.blocks.writer().note(Note::CutAtLimit);
            self.blocks.stopped = true;
            return TokenSinkResult::Continue;
        }
        let role = if name == "title" && self.wants_title && !sight.gone {
            self.wants_title = false;
            self.title = Some(String::new());
            Role::Title
        } else if name == "title" {
            sight.gone = true;
            Role::Nothing
        } else if sight.gone {
            Role::Nothing
        } else {
            self.begin(name, tag)
        };
        self.open.push(Element { name: tag.name.clone(), sight, role });
        *self.counts.entry(tag.name.clone()).or_default() += 1;
        match name {
            _ if inside_drawing => TokenSinkResult::Continue,
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    /// An element begins that may be seen.
    fn begin(&mut self, name: &str, tag: &Tag) -> Role {
        if is_block(name) {
            self.flush();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.inline.plain = true;
                self.heading = name.bytes().last().map(|digit| digit.saturating_sub(b'0'));
                Role::Heading
            }
            "ul" | "menu" | "dir" => {
                self.blocks.open_list(false, 1);
                Role::Container
            }
            "ol" => {
                let first = attribute(tag, "start").and_then(|text| text.trim().parse().ok());
                self.blocks.open_list(true, first.unwrap_or(1));
                Role::Container
            }
            "li" => {
                self.blocks.open_item();
                Role::Container
            }
            "blockquote" => {
                self.blocks.open_quote();
                Role::Container
            }
            "table" => {
                let role = attribute(tag, "role").unwrap_or_default();
                if role == "presentation" || role == "none" {
                    self.blocks.flatten();
                    return Role::Block;
                }
                self.blocks.open_table(self.open.len());
                Role::Table
            }
            "tr" => {
                self.blocks.row();
                Role::Block
            }
            "td" | "th" => {
                let count = |name| attribute(tag, name).and_then(|text| text.trim().parse().ok());
                self.blocks.cell(
                    name == "th",
                    count("colspan").unwrap_or(1),
                    count("rowspan").unwrap_or(1),
                );
                Role::Cell
            }
            "pre" | "listing" if self.pre.is_none() => {
                self.pre = Some(String::new());
                Role::Pre
            }
            "summary" | "dt" => match self.mark(Mark::Strong) {
                Role::Inline(_) => Role::Term,
                _ => Role::Block,
            },
            "b" | "strong" => self.mark(Mark::Strong),
            "i" | "em" | "cite" => self.mark(Mark::Emphasis),
            "s" | "strike" | "del" => self.mark(Mark::Strike),
            "code" | "kbd" | "samp" | "tt" => self.mark(Mark::Code),
            "a" => match attribute(tag, "href").and_then(address) {
                Some(address) => self.mark(Mark::Link(address)),
                None => Role::Nothing,
            },
            "p" | "div" => match attribute(tag, "style").and_then(list_level) {
                Some(level) => {
                    self.loose = Some(level);
                    Role::LooseItem
                }
                None => Role::Block,
            },
            "emoji" => {
                self.text(attribute(tag, "alt").unwrap_or_default());
                Role::Nothing
            }
            _ if is_block(name) => Role::Block,
            _ => Role::Nothing,
        }
    }

    fn mark(&mut self, mark: Mark) -> Role {
        if self.pre.is_none() && self.inline.open(mark.clone()) {
            Role::Inline(mark)
        } else {
            Role::Nothing
        }
    }

    /// An element without content.
    fn void(&mut self, name: &str, tag: &Tag) {
        match name {
            "br" => match &mut self.pre {
                Some(pre) => pre.push('\n'),
                None => self.inline.line_break(),
            },
            "hr" => {
                self.flush();
                self.blocks.block("---");
            }
            "img" => self.image(tag),
            "input"
                if attribute(tag, "type").is_some_and(|t| t.eq_ignore_ascii_case("checkbox")) =>
            {
                let checked = attribute(tag, "checked").is_some();
                self.inline.push(if checked { "[x] " } else { "[ ] " });
            }
            _ => {}
        }
    }

    fn image(&mut self, tag: &Tag) {
        let tiny =
            |name| attribute(tag, name).is_some_and(|t| matches!(t.trim(), "0" | "1" | "1px"));
        if tiny("width") || tiny("height") {
            return;
        }
        self.images = self.images.saturating_add(1);
        let alt = attribute(tag, "alt").unwrap_or_default().trim();
        let embedded = attribute(tag, "src").is_some_and(|source| source.starts_with("cid:"));
        let file = alt.rsplit_once('.').is_some_and(|(_, ending)| ending.len() <= 4);
        // A file name that a mail program gave says nothing.
        if alt.is_empty() || (embedded && file) {
            return;
        }
        let alt: String = alt.chars().take(500).collect();
        self.text(&format!("[image: {alt}]"));
    }

    /// Ends the elements that the beginning of another one ends.
    fn end_implied(&mut self, name: &str) {
        match name {
            "li" => self.end_open(&["li"], &["ul", "ol", "menu", "dir"]),
            "dt" | "dd" => self.end_open(&["dt", "dd"], &["dl"]),
            "option" | "optgroup" => self.end_open(&["option"], &["select"]),
            "td" | "th" => self.end_open(&["td", "th"], &["tr"]),
            "tr" => self.end_open(&["tr"], &[]),
            "thead" | "tbody" | "tfoot" | "caption" => {
                self.end_open(&["thead", "tbody", "tfoot", "caption"], &[]);
            }
            "body" => self.end_open(&["head"], &[]),
            _ => {}
        }
        if is_block(name) {
            self.end_open(&["p"], &["td", "th", "li", "button", "caption"]);
        }
    }

    /// Ends the nearest of these elements, unless a table or one of `walls` is nearer.
    fn end_open(&mut self, names: &[&str], walls: &[&str]) {
        let is_open =
            |name: &&str| self.counts.get(&LocalName::from(*name)).is_some_and(|n| *n > 0);
        if !names.iter().any(is_open) {
            return;
        }
        let lowest = self.open.len().saturating_sub(MAX_REACH);
        for at in (lowest..self.open.len()).rev() {
            let Some(name) = self.open.get(at).map(|element| &*element.name) else { return };
            if names.contains(&name) {
                return self.end_from(at);
            }
            if name == "table" || walls.contains(&name) {
                return;
            }
        }
    }

    fn end(&mut self, name: &LocalName) {
        match &**name {
            "br" => return self.void("br", &no_attributes(name)),
            "table" => {
                let found = self.open.iter().rev().take(MAX_REACH).position(|e| e.name == *name);
                if let Some(above) = found {
                    self.end_from(self.open.len().saturating_sub(above + 1));
                }
                return;
            }
            _ => {}
        }
        let name: &str = name;
        let walls: &[&str] = match name {
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" => &[],
            _ => &["td", "th"],
        };
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_open(&["h1", "h2", "h3", "h4", "h5", "h6"], walls);
            }
            _ => self.end_open(&[name], walls),
        }
    }

    /// Ends all elements from one on.
    fn end_from(&mut self, at: usize) {
        while self.open.len() > at {
            let Some(element) = self.open.pop() else { return };
            if let Some(count) = self.counts.get_mut(&element.name) {
                *count = count.saturating_sub(1);
            }
            self.finish(element.role);
        }
    }

    fn finish(&mut self, role: Role) {
        match role {
            Role::Nothing => {}
            Role::Block => self.flush(),
            Role::LooseItem => {
                self.flush();
                self.loose = None;
            }
            Role::Heading => {
                self.flush();
                self.heading = None;
                self.inline.plain = false;
            }
            Role::Container => {
                self.flush();
                self.blocks.close();
            }
            Role::Table => {
                self.flush();
                self.blocks.close_table(self.open.len());
            }
            Role::Cell => {
                self.flush();
                self.blocks.end_cell();
            }
            Role::Pre => {
                let text = self.pre.take().unwrap_or_default();
                self.preformatted(&text);
            }
            Role::Title => {
                let title = self.title.take().unwrap_or_default();
                let words: Vec<&str> = title.split_whitespace().collect();
                self.blocks.title = Some(words.join(" ")).filter(|title| !title.is_empty());
            }
            Role::Inline(mark) => self.inline.close(&mark),
            Role::Term => {
                self.inline.close(&Mark::Strong);
                self.flush();
            }
        }
    }

    fn preformatted(&mut self, text: &str) {
        let text = text.trim_matches('\n').trim_end();
        if text.trim().is_empty() {
        } else if self.blocks.in_table() {
            self.blocks.block(&markdown::code(text));
        } else {
            let fence = markdown::fence(text);
            self.blocks.block(&format!("{fence}\n{text}\n{fence}"));
        }
    }

    /// The page ends; whether it told anything.
    pub(super) fn finish_page(mut self) -> bool {
        self.end_from(0);
        self.flush();
        self.blocks.finish();
        if self.hid_text {
            self.blocks.writer().note(Note::HiddenText);
        }
        if self.images > 0 {
            self.blocks.writer().note(Note::Images { count: self.images });
        }
        self.blocks.told
    }
}

fn no_attributes(name: &LocalName) -> Tag {
    Tag {
        kind: TagKind::StartTag,
        name: name.clone(),
        self_closing: false,
        attrs: Vec::new(),
        had_duplicate_attributes: false,
    }
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}
