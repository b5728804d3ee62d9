//! Tools that would have to call the client back during a call of its own.
//!
//! A stateless server cannot: the answer would reach another process, or none. The tools are here
//! so that the suite meets a clear refusal instead of a call that hangs.

use rmcp::model::{CallToolResult, ContentBlock};
use rmcp::{tool, tool_router};

use crate::fixture::Fixture;

#[tool_router(router = asking, vis = "pub(crate)")]
impl Fixture {
    /// Ask the client's model.
    #[tool(title = "Sampling")]
    fn test_sampling() -> CallToolResult {
        refused()
    }

    /// Ask the person.
    #[tool(title = "Elicitation")]
    fn test_elicitation() -> CallToolResult {
        refused()
    }

    /// Ask the person, with a default for every answer.
    #[tool(title = "Elicitation with defaults")]
    fn test_elicitation_sep1034_defaults() -> CallToolResult {
        refused()
    }

    /// Ask the person to choose.
    #[tool(title = "Elicitation with choices")]
    fn test_elicitation_sep1330_enums() -> CallToolResult {
        refused()
    }
}

fn refused() -> CallToolResult {
    let text = "This server is stateless: it cannot ask the client anything during a call.";
    CallToolResult::error(vec![ContentBlock::text(text)])
}
