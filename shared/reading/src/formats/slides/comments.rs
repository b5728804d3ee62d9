//! Comments on slides, as PowerPoint wrote them before and after 2021.

use std::collections::HashMap;

use super::deck::{Deck, relations};
use crate::archive::Archive;
use crate::markdown;
use crate::reading::Request;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

const MAX_AUTHORS: usize = 5_000;
const MAX_COMMENTS: usize = 2_000;
const MAX_TEXT: usize = 256 * 1024;

/// Who wrote comments, and how many were left out.
pub(super) struct Comments {
    authors: HashMap<String, String>,
    wanted: bool,
    left_out: u32,
}

impl Comments {
    /// Reads who the authors are.
    pub(super) fn new(
        archive: &mut Archive<'_>,
        deck: &Deck,
        request: &Request,
    ) -> Result<Self, Unreadable> {
        let relations = relations(archive, &deck.main)?;
        let mut parts = relations.of_kind("commentAuthors");
        parts.extend(relations.of_kind("authors"));
        let mut authors = HashMap::new();
        for part in parts {
            match read_authors(archive, &part, &mut authors) {
                // Without its author a comment is still a comment.
                Ok(()) | Err(Unreadable::Damaged) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(Self { authors, wanted: request.comments, left_out: 0 })
    }

    /// How many comments were left out.
    pub(super) fn left_out(&self) -> u32 {
        self.left_out
    }

    /// The comments of a part when they are wanted; else they are counted.
    pub(super) fn of(
        &mut self,
        archive: &mut Archive<'_>,
        part: &str,
    ) -> Result<Vec<String>, Unreadable> {
        let comments = self.read(archive, part)?;
        if self.wanted {
            return Ok(comments);
        }
        let count = u32::try_from(comments.len()).unwrap_or(u32::MAX);
        self.left_out = self.left_out.saturating_add(count);
        Ok(Vec::new())
    }

    /// The comments of a part, each as a quotation.
    fn read(&self, archive: &mut Archive<'_>, part: &str) -> Result<Vec<String>, Unreadable> {
        let mut comments = Vec::new();
        let Some(source) = archive.part(part)? else {
            return Ok(comments);
        };
        let mut xml = Xml::new(source);
        // Answers stand inside the comment they answer, and may come before its own text.
        let mut open: Vec<(usize, String, String)> = Vec::new();
        let mut in_words = false;
        let mut room = MAX_TEXT;
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(tag) => match tag.name() {
                    "cm" | "reply" if comments.len() < MAX_COMMENTS => {
                        let id = tag.attribute("authorId").unwrap_or_default();
                        let author = self.authors.get(&id).cloned().unwrap_or_default();
                        open.push((comments.len(), author, String::new()));
                        comments.push(String::new());
                    }
                    "text" | "t" => in_words = true,
                    _ => {}
                },
                Piece::Close(name) => match name {
                    "cm" | "reply" => {
                        if let Some((at, author, text)) = open.pop()
                            && let Some(comment) = comments.get_mut(at)
                        {
                            *comment = quoted(name, &author, &text);
                        }
                    }
                    "text" | "t" => in_words = false,
                    "p" => {
                        if let Some((_, _, text)) = open.last_mut() {
                            text.push('\n');
                        }
                    }
                    _ => {}
                },
                Piece::Text(words) if in_words && words.len() <= room => {
                    room -= words.len();
                    if let Some((_, _, text)) = open.last_mut() {
                        text.push_str(&words);
                    }
                }
                Piece::Text(_) => {}
            }
        }
        comments.retain(|comment| !comment.is_empty());
        Ok(comments)
    }
}

fn quoted(name: &str, author: &str, text: &str) -> String {
    let what = if name == "reply" { "Answer" } else { "Comment" };
    if author.is_empty() {
        markdown::quote(what, text)
    } else {
        markdown::quote(&format!("{what} ({author})"), text)
    }
}

fn read_authors(
    archive: &mut Archive<'_>,
    part: &str,
    authors: &mut HashMap<String, String>,
) -> Result<(), Unreadable> {
    let Some(source) = archive.part(part)? else {
        return Ok(());
    };
    let mut xml = Xml::new(source);
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else {
            continue;
        };
        if matches!(tag.name(), "cmAuthor" | "author")
            && let (Some(id), Some(name)) = (tag.attribute("id"), tag.attribute("name"))
            && authors.len() < MAX_AUTHORS
        {
            authors.insert(id, name);
        }
    }
    Ok(())
}
