//! Blocks of a page, told to the writer: inside lists, quotes and tables.

use super::table::{Table, Told, Turned};
use crate::limits::MAX_HEADING_CHARS;
use crate::markdown;
use crate::writer::Writer;

/// Lists and quotes that are shown by their indent; deeper ones stand with these.
const MAX_INDENT: usize = 16;

/// What a block stands in.
enum Container {
    Quote,
    List {
        ordered: bool,
        next: u64,
    },
    /// An item, and its mark until its first block is told.
    Item {
        mark: Option<String>,
        indent: usize,
    },
}

/// Tells blocks to a writer.
pub(super) struct Blocks<'w, 'r> {
    writer: &'w mut Writer<'r>,
    containers: Vec<Container>,
    table: Option<Table>,
    /// The title of the page, until something is told.
    pub(super) title: Option<String>,
    /// Whether anything was told.
    pub(super) told: bool,
    /// Whether the writer has enough.
    pub(super) stopped: bool,
    after_item: bool,
}

impl<'w, 'r> Blocks<'w, 'r> {
    pub(super) fn new(writer: &'w mut Writer<'r>) -> Self {
        Self {
            writer,
            containers: Vec::new(),
            table: None,
            title: None,
            told: false,
            stopped: false,
            after_item: false,
        }
    }

    pub(super) fn writer(&mut self) -> &mut Writer<'r> {
        self.writer
    }

    pub(super) fn in_table(&self) -> bool {
        self.table.is_some()
    }

    pub(super) fn open_quote(&mut self) {
        self.containers.push(Container::Quote);
    }

    pub(super) fn open_list(&mut self, ordered: bool, first: u64) {
        self.containers.push(Container::List { ordered, next: first });
    }

    pub(super) fn open_item(&mut self) {
        let mark = match self.containers.last_mut() {
            Some(Container::List { ordered: true, next }) => {
                let number = *next;
                *next = next.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        let indent = mark.len();
        self.containers.push(Container::Item { mark: Some(mark), indent });
    }

    /// Closes the innermost list, item or quote.
    pub(super) fn close(&mut self) {
        let _ = self.containers.pop();
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.block(&harmless(text));
        }
    }

    /// A list item whose list nobody opened, on a level from 1.
    pub(super) fn loose_item(&mut self, level: usize, text: &str) {
        let indent = "  ".repeat(level.clamp(1, MAX_INDENT) - 1);
        let text = text.replace('\n', " ");
        self.place(format!("{indent}{text}"), true);
    }

    /// A heading; inside lists and quotes it is a line in bold.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        if text.is_empty() {
            return;
        }
        self.flatten();
        if self.containers.is_empty() {
            self.before_first();
            self.told = true;
            self.after_item = false;
            self.stopped |= self.writer.heading(level, text).is_break();
            if text.chars().nth(MAX_HEADING_CHARS).is_some() {
                self.paragraph(text);
            }
        } else {
            self.block(&format!("**{}**", text.replace('\n', " ")));
        }
    }

    /// Markdown as it is.
    pub(super) fn block(&mut self, text: &str) {
        let base = self.table.as_ref().map_or(0, |table| table.base);
        let tight = self.containers.iter().skip(base).any(|c| matches!(c, Container::Item { .. }));
        let text = self.indented(text, base);
        self.place(text, tight);
    }

    /// The text behind the signs of what it stands in.
    fn indented(&mut self, text: &str, base: usize) -> String {
        let mut first = String::new();
        let mut later = String::new();
        let inner = self.containers.len().saturating_sub(base);
        for (at, container) in self.containers.iter_mut().skip(base).enumerate() {
            let shown = at < 2 * MAX_INDENT || at + 1 == inner;
            match container {
                Container::Quote if shown => {
                    first.push_str("> ");
                    later.push_str("> ");
                }
                Container::Item { mark, indent } if shown => {
                    later.push_str(&" ".repeat(*indent));
                    match mark.take() {
                        Some(mark) => first.push_str(&mark),
                        None => first.push_str(&" ".repeat(*indent)),
                    }
                }
                Container::Quote | Container::Item { .. } | Container::List { .. } => {}
            }
        }
        if first.is_empty() {
            return text.to_owned();
        }
        let lines: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(at, line)| format!("{}{line}", if at == 0 { &first } else { &later }))
            .collect();
        lines.join("\n")
    }

    /// Into the open cell, or to the writer.
    fn place(&mut self, text: String, tight: bool) {
        let told = match &mut self.table {
            Some(table) => table.tell(text, tight).err(),
            None => Some((text, tight)),
        };
        if let Some((text, tight)) = told {
            self.tell(&text, tight);
        }
    }

    fn tell(&mut self, text: &str, tight: bool) {
        self.before_first();
        self.told = true;
        let flow =
            if tight && self.after_item { self.writer.line(text) } else { self.writer.block(text) };
        self.after_item = tight;
        self.stopped |= flow.is_break();
    }

    fn before_first(&mut self) {
        if let Some(title) = self.title.take() {
            self.told = true;
            self.stopped |= self.writer.heading(1, &title).is_break();
        }
    }

    /// A table begins. A table around it only places it on the page, and is told as it comes.
    pub(super) fn open_table(&mut self, depth: usize) {
        self.flatten();
        self.table = Some(Table::new(depth, self.containers.len()));
    }

    /// The open table is none of data.
    pub(super) fn flatten(&mut self) {
        if let Some(table) = self.table.take() {
            let base = table.base;
            self.tell_flow(table.flow(), base);
        }
    }

    pub(super) fn row(&mut self) {
        let full = self.table.as_mut().filter(|table| table.is_full()).map(|table| {
            let base = table.base;
            (base, table.piece())
        });
        if let Some((base, rows)) = full {
            self.tell_grid(&rows, base);
        }
        if let Some(table) = &mut self.table {
            table.row();
        }
    }

    pub(super) fn cell(&mut self, header: bool, columns: usize, rows: usize) {
        if let Some(table) = &mut self.table {
            table.cell(header, columns, rows);
        }
    }

    pub(super) fn end_cell(&mut self) {
        if let Some(table) = &mut self.table {
            table.end_cell();
        }
    }

    /// The table that was opened at this depth ends.
    pub(super) fn close_table(&mut self, depth: usize) {
        if self.table.as_ref().is_some_and(|table| table.depth == depth)
            && let Some(table) = self.table.take()
        {
            let base = table.base;
            match table.finish() {
                Turned::Grid(rows) => self.tell_grid(&rows, base),
                Turned::Flow(told) => self.tell_flow(told, base),
            }
        }
    }

    fn tell_grid(&mut self, rows: &[Vec<String>], base: usize) {
        let text = markdown::table(rows);
        let inner = self.containers.split_off(base.min(self.containers.len()));
        let text = self.indented(&text, 0);
        self.containers.extend(inner);
        self.tell(&text, false);
    }

    fn tell_flow(&mut self, told: Vec<Told>, base: usize) {
        let inner = self.containers.split_off(base.min(self.containers.len()));
        for (text, tight) in told {
            let text = self.indented(&text, 0);
            self.tell(&text, tight);
        }
        self.containers.extend(inner);
    }

    /// The page ends.
    pub(super) fn finish(&mut self) {
        if let Some(depth) = self.table.as_ref().map(|table| table.depth) {
            self.close_table(depth);
        }
        self.before_first();
    }
}

/// Text whose beginning makes it nothing but text, and in which no mark of a page stands.
fn harmless(text: &str) -> String {
    let text = text.replace("<!--", "&lt;!--");
    let heading = text.trim_start_matches('#').starts_with(' ') && text.starts_with('#');
    if heading || text.starts_with(['>', '|']) || text.starts_with("~~~") {
        return format!("\\{text}");
    }
    text
}
