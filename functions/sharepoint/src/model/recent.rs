//! What was worked on lately: the question.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Day, Limit};

/// Arguments of `sharepoint_recent`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recent {
    #[serde(default)]
    #[expect(missing_docs, reason = "the choices say it, and descriptions cost the model")]
    pub scope: RecentScope,
    /// Ref or URL; needed for scope `site`.
    pub site: Option<String>,
    /// Date.
    pub since: Option<Day>,
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it, and descriptions cost the model")]
    pub limit: Limit<20, 15>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Whose files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it, and descriptions cost the model")]
pub enum RecentScope {
    #[default]
    Mine,
    Shared,
    Site,
}
