//! Columns of lists.

use serde::Deserialize;

use super::lists::ListFacet;
use super::{entries, lenient, text};

/// A list, with the columns it has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ListWithColumns {
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub web_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub list: Option<ListFacet>,
    #[serde(deserialize_with = "entries")]
    pub columns: Vec<Column>,
}

/// What is known of a column: its names, and one facet that says what it holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct Column {
    #[serde(deserialize_with = "text")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub display_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub hidden: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub indexed: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub read_only: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub text: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub number: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub currency: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub boolean: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub date_time: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub calculated: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub hyperlink_or_picture: Option<Facet>,
    #[serde(deserialize_with = "lenient")]
    pub choice: Option<ChoiceColumn>,
    #[serde(deserialize_with = "lenient")]
    pub lookup: Option<LookupColumn>,
    #[serde(deserialize_with = "lenient")]
    pub person_or_group: Option<PersonColumn>,
}

/// A facet of which only the presence counts.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Facet {}

/// What can be chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct ChoiceColumn {
    #[serde(deserialize_with = "entries")]
    pub choices: Vec<String>,
    #[serde(deserialize_with = "text")]
    pub display_as: Option<String>,
}

/// Rows of another list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct LookupColumn {
    #[serde(deserialize_with = "lenient")]
    pub allow_multiple_values: Option<bool>,
}

/// People and groups.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields are Graph's")]
pub struct PersonColumn {
    #[serde(deserialize_with = "lenient")]
    pub allow_multiple_selection: Option<bool>,
}
