//! Comments and notes of cells, from the parts beside a sheet.

use std::io::BufRead;

use crate::archive::Archive;
use crate::relations::Relations;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// Comments of one sheet.
const MAX_COMMENTS: usize = 5_000;
/// Relations of one part that are looked at.
const MAX_RELATIONS: usize = 5_000;
/// Characters of one comment.
const MAX_CHARS: usize = 8_000;

/// A comment on a cell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Comment {
    /// `B7`.
    pub(super) cell: String,
    /// Who wrote it; empty when the file does not say.
    pub(super) author: String,
    pub(super) text: String,
}

/// The comments of a sheet. A threaded comment stands in the file twice, and is read from its
/// older form, which holds all its replies. Damage costs the comments, not the sheet.
pub(super) fn of_sheet(archive: &mut Archive<'_>, sheet: &str) -> Vec<Comment> {
    found(archive, sheet).ok().flatten().unwrap_or_default()
}

fn found(archive: &mut Archive<'_>, sheet: &str) -> Result<Option<Vec<Comment>>, Unreadable> {
    if !archive.names().iter().any(|name| name.to_ascii_lowercase().contains("comments")) {
        return Ok(None);
    }
    let Some(id) = sheet_id(archive, sheet)? else { return Ok(None) };
    let workbook = Relations::of(archive, "xl/workbook.xml", MAX_RELATIONS)?;
    let Some(path) = workbook.part(&id) else { return Ok(None) };
    let own = Relations::of(archive, path, MAX_RELATIONS)?.of_kind("comments");
    let Some(comments) = own.first() else { return Ok(None) };
    let Some(part) = archive.part(comments)? else { return Ok(None) };
    parse(&mut Xml::new(part)).map(Some)
}

/// The relation that leads from the workbook to a sheet.
fn sheet_id(archive: &mut Archive<'_>, sheet: &str) -> Result<Option<String>, Unreadable> {
    let Some(part) = archive.part("xl/workbook.xml")? else { return Ok(None) };
    let mut xml = Xml::new(part);
    while let Some(piece) = xml.next()? {
        if let Piece::Open(tag) = piece
            && tag.name() == "sheet"
            && tag.attribute("name").as_deref() == Some(sheet)
        {
            return Ok(tag.attribute("id"));
        }
    }
    Ok(None)
}

fn parse<R: BufRead>(xml: &mut Xml<R>) -> Result<Vec<Comment>, Unreadable> {
    let mut authors: Vec<String> = Vec::new();
    let mut comments: Vec<Comment> = Vec::new();
    let mut inside = "";
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => match tag.name() {
                "author" => {
                    inside = "author";
                    authors.push(String::new());
                }
                "comment" if comments.len() >= MAX_COMMENTS => break,
                "comment" => {
                    let author = tag.attribute("authorId").and_then(|id| id.parse::<usize>().ok());
                    let author = author.and_then(|id| authors.get(id)).cloned();
                    // A threaded comment names nobody here.
                    let author = author.filter(|author| !author.starts_with("tc="));
                    comments.push(Comment {
                        cell: tag.attribute("ref").unwrap_or_default(),
                        author: author.unwrap_or_default(),
                        text: String::new(),
                    });
                }
                "t" => inside = "t",
                _ => {}
            },
            Piece::Close(name) if name == "t" || name == "author" => inside = "",
            Piece::Close(_) => {}
            Piece::Text(text) => {
                let place = match inside {
                    "author" => authors.last_mut(),
                    "t" => comments.last_mut().map(|comment| &mut comment.text),
                    _ => None,
                };
                if let Some(place) = place.filter(|place| place.len() < MAX_CHARS) {
                    place.push_str(&text);
                }
            }
        }
    }
    Ok(comments)
}
