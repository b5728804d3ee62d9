//! `search` and `fetch` in the shape that ChatGPT's research expects of a server: thin, and off
//! unless a setting asks for them, because other clients would see every tool twice.

use platform::schema::portable;
use platform::{Answer, Call, Parameters, Summary, ToolError};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SharePoint;
use crate::model::{Document, Label, Passage, Read, terse};

/// Names of the tools.
pub const NAMES: &[&str] = &["search", "fetch"];

/// Arguments of `search`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Words to search for.
    pub query: String,
}

/// Arguments of `fetch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `id` of a search result.
    pub id: String,
}

/// What a search found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// The results.
    pub results: Vec<Hit>,
}

/// One result of a search.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Hit {
    /// How `fetch` names it.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where to open it.
    pub url: String,
}

/// What was fetched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fetched {
    /// How it was named.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its text, marked as untrusted; where that is withheld, the reason.
    pub text: String,
    /// Where to open it.
    pub url: String,
    /// Label and notes.
    pub metadata: Metadata,
}

/// What is known beside the text.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metadata {
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Whether there is more text.
    pub truncated: bool,
}

impl Summary for Found {
    fn summary(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Summary for Fetched {
    fn summary(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Fetched {
    fn new(id: String, document: Document) -> Self {
        let Document { item, passages, notes, truncated, .. } = document;
        let text =
            if passages.is_empty() { notes.join(" ") } else { Passage::texts(&passages, &item) };
        let metadata = Metadata { label: item.label, notes, truncated };
        Self { id, title: item.title, text, url: item.url.unwrap_or_default(), metadata }
    }
}

#[tool_router(router = alias_tools, vis = "pub(crate)")]
impl SharePoint {
    /// Search files and pages in SharePoint and OneDrive.
    #[tool(
        title = "Search",
        input_schema = portable::<Question>(),
        output_schema = terse::<Found>()
    )]
    pub async fn search(
        &self,
        call: Call,
        Parameters(Question { query }): Parameters<Question>,
    ) -> Result<Answer<Found>, ToolError> {
        let args = serde_json::from_value(json!({ "query": query }));
        let page = self.client().search(&call, &args.map_err(|_| ToolError::Internal)?).await?;
        let hit = |item: crate::model::Item| Hit {
            id: item.reference.to_string(),
            title: item.title,
            url: item.url.unwrap_or_default(),
        };
        Ok(Answer(Found { results: page.items.into_iter().map(hit).collect() }))
    }

    /// Read a search result.
    #[tool(
        title = "Fetch",
        input_schema = portable::<Wanted>(),
        output_schema = terse::<Fetched>()
    )]
    pub async fn fetch(
        &self,
        call: Call,
        Parameters(Wanted { id }): Parameters<Wanted>,
    ) -> Result<Answer<Fetched>, ToolError> {
        let args = Read::all_of(id.clone());
        let document = Box::pin(self.client().read_target(&call, &args)).await?;
        Ok(Answer(Fetched::new(id, document)))
    }
}
