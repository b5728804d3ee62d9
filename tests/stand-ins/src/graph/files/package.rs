//! Office packages: parts with content types, relations between them, and the label inside.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::graph::labels;
use crate::graph::model::Labelling;

/// Start of the types of relations between parts of a document.
pub const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// A package that is being filled.
pub struct Package {
    main: String,
    parts: Vec<Part>,
    relations: Vec<Relation>,
}

struct Part {
    path: String,
    kind: String,
    bytes: Vec<u8>,
}

struct Relation {
    /// Path of the part it goes out from.
    from: String,
    id: String,
    kind: String,
    target: String,
    external: bool,
}

impl Package {
    /// A package with its main part.
    pub fn new(main: &str, kind: &str, xml: &str) -> Self {
        let mut package = Self { main: main.to_owned(), parts: Vec::new(), relations: Vec::new() };
        package.part(main, kind, xml);
        package
    }

    /// Adds a part of XML.
    pub fn part(&mut self, path: &str, kind: &str, xml: &str) {
        self.binary(path, kind, format!("{DECLARATION}{xml}").into_bytes());
    }

    /// Adds a part of any bytes.
    pub fn binary(&mut self, path: &str, kind: &str, bytes: Vec<u8>) {
        self.parts.push(Part { path: path.to_owned(), kind: kind.to_owned(), bytes });
    }

    /// Adds a relation from one part to another; the target is relative to the folder of the first.
    pub fn relate(&mut self, from: &str, id: &str, kind: &str, target: &str) {
        self.relations.push(Relation {
            from: from.to_owned(),
            id: id.to_owned(),
            kind: format!("{OFFICE}/{kind}"),
            target: target.to_owned(),
            external: false,
        });
    }

    /// Adds a relation from a part to an address outside.
    pub fn link(&mut self, from: &str, id: &str, url: &str) {
        self.relations.push(Relation {
            from: from.to_owned(),
            id: id.to_owned(),
            kind: format!("{OFFICE}/hyperlink"),
            target: super::escape(url),
            external: true,
        });
    }

    /// The bytes of the package, with its labels in both places where Office writes them.
    pub fn seal(mut self, labels: &Labelling) -> Bytes {
        let main = self.main.clone();
        self.relate("", "rId1", "officeDocument", &main);
        self.core_properties();
        if !labels.file.is_empty() || !labels.removed.is_empty() {
            self.label_info(labels);
            self.custom_properties(labels);
        }
        // Writing into memory does not fail.
        self.zipped().map(Bytes::from).unwrap_or_default()
    }

    fn core_properties(&mut self) {
        let xml = "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:creator>Harbourlight</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">2026-01-12T08:00:00Z</dcterms:created></cp:coreProperties>";
        let kind = "application/vnd.openxmlformats-package.core-properties+xml";
        self.part("docProps/core.xml", kind, xml);
        self.relations.push(Relation {
            from: String::new(),
            id: "rId3".to_owned(),
            kind: format!("{PACKAGE}/relationships/metadata/core-properties"),
            target: "docProps/core.xml".to_owned(),
            external: false,
        });
    }

    fn label_info(&mut self, labels: &Labelling) {
        let mut rows = String::new();
        for (labels, enabled, removed) in [(&labels.file, 1, 0), (&labels.removed, 0, 1)] {
            for (label, tenant) in labels {
                let _ = write!(
                    rows,
                    "<clbl:label id=\"{{{label}}}\" enabled=\"{enabled}\" method=\"Standard\" siteId=\"{{{tenant}}}\" contentBits=\"0\" removed=\"{removed}\"/>"
                );
            }
        }
        let xml = format!(
            "<clbl:labelList xmlns:clbl=\"http://schemas.microsoft.com/office/2020/mipLabelMetadata\">{rows}</clbl:labelList>"
        );
        let path = "docMetadata/LabelInfo.xml";
        self.part(path, "application/vnd.ms-office.classificationlabels+xml", &xml);
        self.relations.push(Relation {
            from: String::new(),
            id: "rId2".to_owned(),
            kind: "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels"
                .to_owned(),
            target: path.to_owned(),
            external: false,
        });
    }

    fn custom_properties(&mut self, labels: &Labelling) {
        let mut rows = String::new();
        for (at, (name, value)) in properties(labels).into_iter().enumerate() {
            let _ = write!(
                rows,
                "<property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"{}\" name=\"{name}\"><vt:lpwstr>{value}</vt:lpwstr></property>",
                at + 2
            );
        }
        let xml = format!(
            "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" xmlns:vt=\"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes\">{rows}</Properties>"
        );
        let kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
        self.part("docProps/custom.xml", kind, &xml);
        self.relate("", "rId4", "custom-properties", "docProps/custom.xml");
    }

    fn zipped(self) -> anyhow::Result<Vec<u8>> {
        let mut types = String::new();
        for part in &self.parts {
            let _ = write!(
                types,
                "<Override PartName=\"/{}\" ContentType=\"{}\"/>",
                part.path, part.kind
            );
        }
        let types = format!(
            "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{types}</Types>"
        );
        let mut files = vec![("[Content_Types].xml".to_owned(), types.into_bytes())];
        let mut from: Vec<&str> = self.relations.iter().map(|row| row.from.as_str()).collect();
        from.sort_unstable();
        from.dedup();
        for from in from {
            let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
            let slash = if folder.is_empty() { "" } else { "/" };
            let rows = self.relations.iter().filter(|row| row.from == from);
            let xml = format!("{DECLARATION}{}", relations(rows));
            files.push((format!("{folder}{slash}_rels/{file}.rels"), xml.into_bytes()));
        }
        files.extend(self.parts.into_iter().map(|part| (part.path, part.bytes)));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in files {
            zip.start_file(path, SimpleFileOptions::default().compression_level(Some(1)))?;
            zip.write_all(&bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    }
}

fn relations<'a>(list: impl Iterator<Item = &'a Relation>) -> String {
    let mut rows = String::new();
    for row in list {
        let mode = if row.external { " TargetMode=\"External\"" } else { "" };
        let _ = write!(
            rows,
            "<Relationship Id=\"{}\" Type=\"{}\" Target=\"{}\"{mode}/>",
            row.id, row.kind, row.target
        );
    }
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{rows}</Relationships>")
}

/// The properties that a label leaves in a document: `MSIP_Label_<guid>_Enabled` and its kin.
pub fn properties(labels: &Labelling) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let on = labels.file.iter().map(|label| (label, "true"));
    let off = labels.removed.iter().map(|label| (label, "false"));
    for ((label, tenant), enabled) in on.chain(off) {
        let name = labels::find(label).map_or("Unknown", |label| label.name);
        for (property, value) in [
            ("Enabled", enabled),
            ("SetDate", "2026-01-12T08:00:00Z"),
            ("Method", "Standard"),
            ("Name", name),
            ("SiteId", tenant),
            ("ContentBits", "0"),
        ] {
            found.push((format!("MSIP_Label_{label}_{property}"), value.to_owned()));
        }
    }
    found
}
