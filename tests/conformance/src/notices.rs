//! Tools that say something while they work: progress and log messages.
//!
//! Such an answer is a stream of events; the platform sends it whole, when the tool is done.

#![expect(deprecated, reason = "logging has left the newest revision, and older clients use it")]

use rmcp::model::{
    CallToolResult, LoggingLevel, LoggingMessageNotificationParam, ProgressNotificationParam,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, tool, tool_router};
use serde_json::json;

use crate::contents::text;
use crate::fixture::Fixture;

#[tool_router(router = notices, vis = "pub(crate)")]
impl Fixture {
    /// Report progress three times.
    #[tool(title = "Progress")]
    async fn test_tool_with_progress(
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let Some(token) = context.meta.get_progress_token() else {
            return Ok(text("Nobody asked for progress."));
        };
        for progress in [0.0, 50.0, 100.0] {
            let step = ProgressNotificationParam::new(token.clone(), progress).with_total(100.0);
            context.peer.notify_progress(step).await.map_err(not_told)?;
        }
        Ok(text("Progress was reported."))
    }

    /// Write three log messages.
    #[tool(title = "Log messages")]
    async fn test_tool_with_logging(
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        for message in
            ["Tool execution started", "Tool processing data", "Tool execution completed"]
        {
            log(&context, LoggingLevel::Info, message).await?;
        }
        Ok(text("Three messages were logged."))
    }

    /// Write a log message if the request asks for log messages.
    #[tool(title = "Log message on request")]
    async fn test_logging_tool(
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        if let Some(level) = context.meta.log_level() {
            log(&context, level, "The request asked for log messages.").await?;
        }
        Ok(text("Done."))
    }
}

async fn log(
    context: &RequestContext<RoleServer>,
    level: LoggingLevel,
    message: &str,
) -> Result<(), ErrorData> {
    let message = LoggingMessageNotificationParam::new(level, json!(message));
    context.peer.notify_logging_message(message).await.map_err(not_told)
}

fn not_told(_: rmcp::ServiceError) -> ErrorData {
    ErrorData::internal_error("the client could not be told", None)
}
