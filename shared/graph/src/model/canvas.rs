//! The text of a site page: sections with columns with web parts, and a section beside them.

use serde::Deserialize;

use super::{entries, lenient, text};

/// The layout of a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct CanvasLayout {
    #[serde(deserialize_with = "entries")]
    pub horizontal_sections: Vec<HorizontalSection>,
    #[serde(deserialize_with = "lenient")]
    pub vertical_section: Option<CanvasColumn>,
}

/// A section of columns side by side.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct HorizontalSection {
    #[serde(deserialize_with = "entries")]
    pub columns: Vec<CanvasColumn>,
}

/// Web parts, one below the other.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct CanvasColumn {
    #[serde(deserialize_with = "entries")]
    pub webparts: Vec<WebPart>,
}

/// A web part of any type: a text has HTML, the others have what search would find in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct WebPart {
    #[serde(deserialize_with = "text")]
    pub inner_html: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub data: Option<WebPartData>,
}

/// What a standard web part shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct WebPartData {
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub server_processed_content: Option<ProcessedContent>,
}

/// The texts of a standard web part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ProcessedContent {
    #[serde(deserialize_with = "entries")]
    pub searchable_plain_texts: Vec<PageText>,
    #[serde(deserialize_with = "entries")]
    pub html_strings: Vec<PageText>,
}

/// One text under its key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct PageText {
    #[serde(deserialize_with = "text")]
    pub value: Option<String>,
}

impl CanvasLayout {
    /// All web parts in the order in which they are read.
    pub fn webparts(&self) -> impl Iterator<Item = &WebPart> {
        let columns = self.horizontal_sections.iter().flat_map(|section| &section.columns);
        columns.chain(&self.vertical_section).flat_map(|column| &column.webparts)
    }
}
