//! Relationships of a part: which other parts and addresses its ids stand for.

use crate::archive::Archive;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// Relationships of one part.
#[derive(Debug, Default)]
pub(super) struct Relations(Vec<Relation>);

/// One of them.
#[derive(Debug)]
pub(super) struct Relation {
    id: String,
    /// The last word of its type: `slide`, `notesSlide`, `hyperlink`.
    kind: String,
    /// Name of a part, or an address when it is outside.
    target: String,
    is_external: bool,
}

impl Relations {
    /// The relationships of a part; none when the archive has none for it.
    pub(super) fn of(archive: &mut Archive<'_>, part: &str) -> Result<Self, Unreadable> {
        const MAX: usize = 20_000;
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let mut relations = Vec::new();
        let Some(source) = archive.part(&name)? else {
            return Ok(Self(relations));
        };
        let mut xml = Xml::new(source);
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else {
                continue;
            };
            let (Some(id), Some(target)) = (tag.attribute("Id"), tag.attribute("Target")) else {
                continue;
            };
            if relations.len() == MAX {
                return Err(Unreadable::Unsafe);
            }
            let is_external = tag.attribute("TargetMode").is_some_and(|mode| mode == "External");
            let target = if is_external { target } else { resolved(folder, &target) };
            let kind = tag.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { id, kind, target, is_external });
        }
        Ok(Self(relations))
    }

    /// The part behind an id.
    pub(super) fn part(&self, id: &str) -> Option<&str> {
        let found = self.0.iter().find(|relation| relation.id == id && !relation.is_external);
        found.map(|relation| relation.target.as_str())
    }

    /// The address behind an id.
    pub(super) fn address(&self, id: &str) -> Option<&str> {
        let found = self.0.iter().find(|relation| relation.id == id && relation.is_external);
        found.map(|relation| relation.target.as_str())
    }

    /// The parts of a kind.
    pub(super) fn of_kind(&self, kind: &str) -> Vec<String> {
        let found = self.0.iter().filter(|relation| relation.kind == kind && !relation.is_external);
        found.map(|relation| relation.target.clone()).collect()
    }
}

/// The name of a part as seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    if !target.starts_with('/') {
        names.extend(folder.split('/').filter(|name| !name.is_empty()));
    }
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn a_target_is_seen_from_the_folder_of_its_part() {
        for (target, name) in [
            ("slides/slide1.xml", "ppt/slides/slide1.xml"),
            ("../docProps/app.xml", "docProps/app.xml"),
            ("/ppt/a.xml", "ppt/a.xml"),
            ("../../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolved("ppt", target), name);
        }
    }
}
