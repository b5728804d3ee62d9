//! The presentation itself: which slides there are, and in which order.

use crate::archive::Archive;
use crate::relations::Relations;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// More relations of one part than this are no presentation.
const MAX_RELATIONS: usize = 20_000;
/// More slides than this are no presentation.
const MAX_SLIDES: usize = 20_000;

/// The parts of a presentation.
pub(super) struct Deck {
    /// Name of the main part.
    pub(super) main: String,
    /// Names of the slides' parts, in the order they are shown.
    pub(super) slides: Vec<String>,
}

impl Deck {
    /// Finds the slides.
    pub(super) fn open(archive: &mut Archive<'_>) -> Result<Self, Unreadable> {
        let named = relations(archive, "").ok().and_then(|package| {
            package.of_kind("officeDocument").into_iter().find(|name| archive.has(name))
        });
        let main = named.unwrap_or_else(|| "ppt/presentation.xml".to_owned());
        let relations = relations(archive, &main)?;
        let ids = ids(archive, &main)?;
        // A slide whose part is not known keeps its number; it is read as a damaged one.
        let slides = ids.iter().map(|id| relations.part(id).unwrap_or_default().to_owned());
        Ok(Self { slides: slides.collect(), main })
    }
}

/// The relations of a part of a presentation.
pub(super) fn relations(archive: &mut Archive<'_>, part: &str) -> Result<Relations, Unreadable> {
    let relations = Relations::of(archive, part, MAX_RELATIONS)?;
    if relations.is_cut { Err(Unreadable::Unsafe) } else { Ok(relations) }
}

/// Relationship ids of the slides, in order.
fn ids(archive: &mut Archive<'_>, main: &str) -> Result<Vec<String>, Unreadable> {
    let Some(source) = archive.part(main)? else {
        return Err(Unreadable::Damaged);
    };
    let mut xml = Xml::new(source);
    let mut ids = Vec::new();
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else {
            continue;
        };
        if tag.name() == "sldId"
            && let Some(id) = tag.prefixed("id")
        {
            if ids.len() == MAX_SLIDES {
                return Err(Unreadable::Unsafe);
            }
            ids.push(id);
        }
    }
    Ok(ids)
}
