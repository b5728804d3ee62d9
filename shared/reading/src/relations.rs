//! Relations of a part of an Office package: which other parts and addresses its ids stand for.

use crate::archive::Archive;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Xml};

/// Relations of one part.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    kept: Vec<Relation>,
    /// Whether there are more than were kept.
    pub(crate) is_cut: bool,
}

/// One of them.
#[derive(Debug)]
struct Relation {
    id: String,
    /// The last word of its type: `slide`, `notesSlide`, `hyperlink`.
    kind: String,
    /// Name of a part, or an address when it is outside.
    target: String,
    is_external: bool,
}

impl Relations {
    /// The relations of a part, those of the package for an empty name: at most so many. Without
    /// the part that lists them there are none.
    pub(crate) fn of(
        archive: &mut Archive<'_>,
        part: &str,
        most: usize,
    ) -> Result<Self, Unreadable> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut relations = Self::default();
        let Some(source) = archive.part(&format!("{folder}{slash}_rels/{file}.rels"))? else {
            return Ok(relations);
        };
        let mut xml = Xml::new(source);
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            // A relation that leads nowhere is none.
            let target = tag.attribute("Target").filter(|_| tag.name() == "Relationship");
            let Some(target) = target else { continue };
            if relations.kept.len() >= most {
                relations.is_cut = true;
                continue;
            }
            let is_external = tag.attribute("TargetMode").as_deref() == Some("External");
            let target = if is_external { target } else { resolved(folder, &target) };
            let kind = tag.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let id = tag.attribute("Id").unwrap_or_default();
            relations.kept.push(Relation { id, kind, target, is_external });
        }
        Ok(relations)
    }

    /// The part behind an id.
    pub(crate) fn part(&self, id: &str) -> Option<&str> {
        let found = self.kept.iter().find(|relation| relation.id == id && !relation.is_external);
        found.map(|relation| relation.target.as_str())
    }

    /// The address behind an id.
    pub(crate) fn address(&self, id: &str) -> Option<&str> {
        let found = self.kept.iter().find(|relation| relation.id == id && relation.is_external);
        found.map(|relation| relation.target.as_str())
    }

    /// The parts of a kind, in the order of the file.
    pub(crate) fn of_kind(&self, kind: &str) -> Vec<String> {
        let inside = self.kept.iter().filter(|relation| !relation.is_external);
        inside.filter(|r| r.kind == kind).map(|relation| relation.target.clone()).collect()
    }

    /// Ids and addresses of a kind.
    pub(crate) fn addresses(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let outside = self.kept.iter().filter(move |r| r.is_external && r.kind == kind);
        outside.map(|relation| (relation.id.as_str(), relation.target.as_str()))
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
    use super::*;
    use crate::testing::package;

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

    #[test]
    fn more_relations_than_are_kept_are_noticed() {
        let one = "<Relationship Id='a' Type='x/slide' Target='b.xml'/>";
        let rels = format!("<Relationships>{}</Relationships>", one.repeat(3));
        let bytes = package(&[("ppt/_rels/a.xml.rels", rels.as_bytes())]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert!(!Relations::of(&mut archive, "ppt/a.xml", 3).unwrap().is_cut);
        let cut = Relations::of(&mut archive, "ppt/a.xml", 2).unwrap();
        assert!(cut.is_cut);
        assert_eq!(cut.of_kind("slide"), ["ppt/b.xml", "ppt/b.xml"]);
    }
}
