//! Pages and what is on them.

use super::Author;

/// A page of a site.
#[derive(Clone, Debug)]
pub struct Page {
    /// Unique id of its list item: the id of the pages API.
    pub id: String,
    /// The id search gives it, which the pages API does not know.
    pub search_id: String,
    /// Site it belongs to.
    pub site: String,
    /// The list of pages it is in.
    pub list: String,
    /// Number in that list.
    pub row: u32,
    /// `News.aspx`.
    pub name: String,
    /// Title.
    pub title: String,
    /// One line about it.
    pub description: String,
    /// HTML of its text parts, in order.
    pub texts: Vec<String>,
    /// Its sections from top to bottom, when it has more than texts.
    pub sections: Vec<Section>,
    /// What stands beside them.
    pub beside: Vec<Block>,
    /// When it was made.
    pub created: String,
    /// When it last changed.
    pub modified: String,
    /// By whom.
    pub by: Author,
}

/// A stripe of a page, by its columns.
#[derive(Clone, Debug)]
pub struct Section {
    /// One to three columns.
    pub columns: Vec<Vec<Block>>,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// Text, as HTML.
    Text(String),
    /// Text, under the other name that this type has.
    OddText(String),
    /// Anything else: what the service found in it, each by its key.
    Part {
        /// Title of its kind.
        title: String,
        /// Texts.
        texts: Vec<(String, String)>,
        /// Addresses.
        links: Vec<(String, String)>,
        /// Addresses of pictures.
        images: Vec<(String, String)>,
    },
}

impl Block {
    /// Its text as the search index has it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(html) | Self::OddText(html) => html.clone(),
            Self::Part { texts, .. } => {
                texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
            }
        }
    }
}
