//! The parts of a Word package, found by their relations and not by their names.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};
use std::rc::Rc;

use super::numbering::Numbering;
use super::stories;
use super::styles::Styles;
use super::walk::Context;
use crate::archive::{Archive, refused};
use crate::reading::Request;
use crate::relations::Relations;
use crate::unreadable::Unreadable;

/// More relations of one part than this are not kept.
const MAX_RELATIONS: usize = 50_000;

/// A Word package.
pub(super) struct Package<'b> {
    archive: Archive<'b>,
    main: String,
    relations: Relations,
    /// Whether the relations could not be read.
    damaged: bool,
}

impl<'b> Package<'b> {
    /// Opens a package and finds its main part.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Unreadable> {
        let mut archive = Archive::open(bytes)?;
        let roots = relations(&mut archive, "")?;
        let main = roots.of_kind("officeDocument").into_iter().next();
        let main = main.unwrap_or_else(|| "word/document.xml".to_owned());
        let (relations, damaged) = match relations(&mut archive, &main) {
            Ok(relations) => (relations, false),
            Err(Unreadable::Damaged) => (Relations::default(), true),
            Err(problem) => return Err(problem),
        };
        Ok(Self { archive, main, relations, damaged })
    }

    /// Whether it has macros.
    pub(super) fn has_macros(&self) -> bool {
        !self.relations.of_kind("vbaProject").is_empty()
            || self.archive.names().iter().any(|name| name.ends_with("vbaProject.bin"))
    }

    /// What the walk over the body has to know. Parts beside the body that are damaged are left
    /// out, and that is said.
    pub(super) fn context(&mut self, request: &Request) -> Result<Context, Unreadable> {
        let mut context = Context::new(request);
        context.links = self.links();
        context.damaged = self.damaged;
        if let Some(styles) = self.try_part("styles", &mut context, |part| Styles::read(part))? {
            context.styles = Rc::new(styles);
        }
        if let Some(numbering) =
            self.try_part("numbering", &mut context, |part| Numbering::read(part))?
        {
            context.numbering = numbering;
        }
        for kind in ["footnotes", "endnotes"] {
            for (id, story) in stories::read(self, kind, &mut context)? {
                context.footnotes.insert((kind, id), story.text);
            }
        }
        if context.comments_wanted {
            context.comments = stories::read(self, "comments", &mut context)?;
        }
        Ok(context)
    }

    /// The body.
    pub(super) fn main(&mut self) -> Result<impl BufRead, Unreadable> {
        self.archive.part(&self.main)?.ok_or(Unreadable::Damaged)
    }

    /// A part of a kind, and the links of it.
    pub(super) fn part<'a>(
        &'a mut self,
        kind: &str,
    ) -> Result<Option<(impl BufRead + use<'a, 'b>, HashMap<String, String>)>, Unreadable> {
        let Some(name) = self.names_of(kind).into_iter().next() else { return Ok(None) };
        let links = links(&relations(&mut self.archive, &name).unwrap_or_default());
        Ok(self.archive.part(&name)?.map(|part| (part, links)))
    }

    /// The names of the parts of a kind, in the order of the relations.
    pub(super) fn names_of(&self, kind: &str) -> Vec<String> {
        self.relations.of_kind(kind)
    }

    /// A part by its name.
    pub(super) fn named<'a>(
        &'a mut self,
        name: &str,
    ) -> Result<Option<impl BufRead + use<'a, 'b>>, Unreadable> {
        self.archive.part(name)
    }

    fn links(&self) -> HashMap<String, String> {
        links(&self.relations)
    }

    fn try_part<T>(
        &mut self,
        kind: &str,
        context: &mut Context,
        read: impl FnOnce(Box<dyn BufRead + '_>) -> Result<T, Unreadable>,
    ) -> Result<Option<T>, Unreadable> {
        let Some((part, _)) = self.part(kind)? else { return Ok(None) };
        match read(Box::new(part)) {
            Ok(value) => Ok(Some(value)),
            Err(Unreadable::Unsafe) => Err(Unreadable::Unsafe),
            Err(_) => {
                context.damaged = true;
                Ok(None)
            }
        }
    }

    /// Whether the body says where pages end: a search that stops at the first mark. Who marks
    /// pages does so on each: a document that begins with this much without a mark has none.
    pub(super) fn has_page_marks(&mut self) -> Result<bool, Unreadable> {
        const MARKS: [&[u8]; 3] = [b"lastRenderedPageBreak", b"w:type=\"page\"", b"w:type='page'"];
        const KEPT: usize = 32;
        const SEARCHED: u64 = 4 * 1024 * 1024;
        let mut body = self.main()?.take(SEARCHED);
        let mut window = Vec::with_capacity(128 * 1024);
        loop {
            let count = (&mut body)
                .take(64 * 1024)
                .read_to_end(&mut window)
                .map_err(|error| refused(&error));
            match count {
                Ok(0) => return Ok(false),
                Ok(_) => {}
                // The walk says what is wrong, after what it could read.
                Err(Unreadable::Unsafe) => return Err(Unreadable::Unsafe),
                Err(_) => return Ok(false),
            }
            if MARKS.iter().any(|mark| memchr::memmem::find(&window, mark).is_some()) {
                return Ok(true);
            }
            window.drain(..window.len().saturating_sub(KEPT));
        }
    }
}

/// The relations of a part; those of the package for an empty name.
fn relations(archive: &mut Archive<'_>, part: &str) -> Result<Relations, Unreadable> {
    Relations::of(archive, part, MAX_RELATIONS)
}

/// The addresses of links, by their ids.
fn links(relations: &Relations) -> HashMap<String, String> {
    let links = relations.addresses("hyperlink");
    links.map(|(id, address)| (id.to_owned(), address.to_owned())).collect()
}
