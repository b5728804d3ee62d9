mod broken;
mod deck;

use std::collections::BTreeMap;

use crate::testing::package;
use crate::{Extract, Request, Unreadable, read};

const TYPES: &str = r#"<Types><Override PartName="/ppt/presentation.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>"#;

/// A presentation whose slides are given as the XML inside their shape tree.
pub(crate) struct Deck(BTreeMap<String, String>);

impl Deck {
    pub(crate) fn of(slides: &[&str]) -> Self {
        let mut deck = Self(BTreeMap::new());
        deck.part("[Content_Types].xml", TYPES);
        let numbers = 1..=slides.len();
        let ids: Vec<_> =
            numbers.clone().map(|n| format!("<p:sldId id='{}' r:id='rId{n}'/>", 255 + n)).collect();
        let ids = ids.concat();
        deck.part(
            "ppt/presentation.xml",
            &format!("<p:presentation><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"),
        );
        let targets: Vec<_> = numbers.map(|n| format!("slides/slide{n}.xml")).collect();
        let relations: Vec<_> = (1..)
            .zip(&targets)
            .map(|(n, target)| (format!("rId{n}"), "slide", target.clone()))
            .collect();
        let relations: Vec<_> =
            relations.iter().map(|(id, kind, to)| (id.as_str(), *kind, to.as_str())).collect();
        deck.relations("ppt/_rels/presentation.xml.rels", &relations);
        for (n, slide) in (1..).zip(slides) {
            deck.part(&format!("ppt/slides/slide{n}.xml"), &sld("", slide));
        }
        deck
    }

    pub(crate) fn part(&mut self, name: &str, xml: &str) {
        self.0.insert(name.to_owned(), xml.to_owned());
    }

    pub(crate) fn relations(&mut self, name: &str, relations: &[(&str, &str, &str)]) {
        let all: Vec<_> = relations
            .iter()
            .map(|(id, kind, target)| {
                let mode = if *kind == "hyperlink" { "TargetMode='External'" } else { "" };
                format!("<Relationship Id='{id}' Type='http://x/relationships/{kind}' Target='{target}' {mode}/>")
            })
            .collect();
        self.part(name, &format!("<Relationships>{}</Relationships>", all.concat()));
    }

    fn bytes(&self) -> Vec<u8> {
        let parts: Vec<_> =
            self.0.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())).collect();
        package(&parts)
    }

    fn read(&self, request: &Request) -> Result<Extract, Unreadable> {
        read(&self.bytes(), request).content
    }

    pub(crate) fn all(&self) -> Extract {
        self.read(&request()).unwrap()
    }
}

fn request() -> Request {
    Request::new("a.pptx", 100_000)
}

fn sld(attributes: &str, shapes: &str) -> String {
    format!("<p:sld {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>")
}

pub(crate) fn shape(placeholder: &str, paragraphs: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id='2' name='x'/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )
}

pub(crate) fn title(text: &str) -> String {
    shape("<p:ph type='title'/>", &words(text))
}

pub(crate) fn words(text: &str) -> String {
    format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")
}
