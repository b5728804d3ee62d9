//! The way out of the gate: size, outcome, audit record; nothing leaves without the last.

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::model::{CallToolResponse, CallToolResult, ErrorCode};
use serde::Serialize;

use super::guard::Finished;
use crate::audit::{AuditOrigin, AuditUsage, Auditor, Occurrence, Outcome, OutcomeWord, Release};
use crate::call::Call;
use crate::clock::Clock;
use crate::json_len::escaped_json_len;
use crate::parameters::INVALID_ARGUMENTS;
use crate::telemetry::Metric;
use crate::tool_error::ToolError;

/// The largest result, as it stands inside the load balancer's JSON.
const MAX_RESULT_BYTES: usize = 700_000;

/// Makes the record of every finished call and lets the answer out when it was kept.
pub(crate) struct Exit {
    pub(crate) origin: AuditOrigin,
    pub(crate) auditor: Arc<Auditor>,
    pub(crate) clock: Clock,
    pub(crate) memory_mb: u32,
}

impl Exit {
    /// Lets a tool's answer out.
    pub(super) async fn tool(
        &self,
        call: &Call,
        finished: Finished<Result<CallToolResponse, ErrorData>>,
    ) -> Result<CallToolResponse, ErrorData> {
        call.metrics().count(Metric::ToolCalls);
        let answer = within_size(as_tool_answer(finished));
        let word = word_of_tool(&answer);
        if !word.is_ok() {
            call.metrics().count(Metric::ToolErrors);
        }
        let bytes = answer.as_ref().map_or(0, |(_, bytes)| *bytes);
        match self.record(call, word, bytes).await {
            Release::Released => answer.map(|(answer, _)| answer),
            Release::Withheld => Ok(CallToolResult::from(&ToolError::AuditUnavailable).into()),
        }
    }

    /// Lets the answer of anything else out.
    pub(super) async fn other<T>(
        &self,
        call: &Call,
        finished: Finished<Result<T, ErrorData>>,
        size: impl Fn(&T) -> usize,
    ) -> Result<T, ErrorData> {
        let answer = match finished {
            Finished::Answered(answer) => answer,
            Finished::Panicked => Err(internal(OutcomeWord::Panic)),
            Finished::Overran => Err(internal(OutcomeWord::Timeout)),
        };
        let (answer, bytes) = match answer {
            Err(error) => (Err(error), 0),
            Ok(answer) => match size(&answer) {
                bytes if bytes <= MAX_RESULT_BYTES => (Ok(answer), bytes),
                _ => (Err(internal(OutcomeWord::TooLarge)), 0),
            },
        };
        let word = answer.as_ref().err().map_or(OutcomeWord::Ok, word_of_error);
        match self.record(call, word, bytes).await {
            Release::Released => answer.map_err(without_word),
            Release::Withheld => {
                Err(ErrorData::internal_error(ToolError::AuditUnavailable.to_string(), None))
            }
        }
    }

    async fn record(&self, call: &Call, word: OutcomeWord, bytes: usize) -> Release {
        let verdict = call.verdict().get();
        let status = verdict.map_or(200, |verdict| verdict.status().as_u16());
        let in_flight = call.in_flight();
        let (cold_start, trace_id) =
            in_flight.noted(|line| (line.cold_start, line.trace_id.clone()));
        let usage = AuditUsage {
            bytes_out: u64::try_from(bytes).unwrap_or(u64::MAX),
            memory_mb: self.memory_mb,
            cold_start,
            ..AuditUsage::new(call.usage().snapshot(), in_flight.elapsed())
        };
        let occurrence = Occurrence {
            kind: call.kind(),
            name: call.name(),
            era: call.era(),
            caller: call.caller().into(),
            proof: call.proof(),
            client_ip: in_flight.client_ip(),
            outcome: Outcome { word, status },
            arguments: call.arguments(),
            trail: call.trail(),
            usage,
            trace_id: trace_id.as_ref().map(crate::telemetry::Brief::as_str),
        };
        let record = self.origin.record(self.clock.now(), occurrence);
        let release = self.auditor.record(&record).await;
        let word = match release {
            Release::Released => word,
            Release::Withheld => OutcomeWord::AuditUnavailable,
        };
        in_flight.note(|line| {
            line.outcome = Some(word.as_str());
            line.event_id = Some(record.event_id);
        });
        release
    }
}

type Sized = (CallToolResponse, usize);

fn as_tool_answer(
    finished: Finished<Result<CallToolResponse, ErrorData>>,
) -> Result<CallToolResponse, ErrorData> {
    match finished {
        Finished::Answered(Err(error)) if is_invalid_arguments(&error) => {
            let problem = ToolError::Arguments { text: error.message.into_owned() };
            Ok(CallToolResult::from(&problem).into())
        }
        Finished::Answered(answer) => answer,
        Finished::Panicked => Err(internal(OutcomeWord::Panic)),
        Finished::Overran => Ok(CallToolResult::from(&ToolError::TimedOut).into()),
    }
}

fn is_invalid_arguments(error: &ErrorData) -> bool {
    error.code == ErrorCode::INVALID_PARAMS
        && error.data.as_ref().is_some_and(|data| data == INVALID_ARGUMENTS)
}

fn within_size(answer: Result<CallToolResponse, ErrorData>) -> Result<Sized, ErrorData> {
    let answer = answer?;
    let bytes = match &answer {
        CallToolResponse::Complete(result) => serialized_len(result),
        CallToolResponse::InputRequired(request) => serialized_len(request),
        CallToolResponse::Task(task) => serialized_len(task),
        _ => usize::MAX,
    };
    if bytes <= MAX_RESULT_BYTES {
        return Ok((answer, bytes));
    }
    Ok((CallToolResult::from(&ToolError::TooLarge).into(), 0))
}

pub(super) fn serialized_len(value: &impl Serialize) -> usize {
    escaped_json_len(value).unwrap_or(usize::MAX)
}

/// An error of ours for the client, carrying its audit word until it is recorded.
fn internal(word: OutcomeWord) -> ErrorData {
    let text = match word {
        OutcomeWord::TooLarge => ToolError::TooLarge.to_string(),
        OutcomeWord::Timeout => ToolError::TimedOut.to_string(),
        _ => ToolError::Internal.to_string(),
    };
    ErrorData::internal_error(text, Some(serde_json::json!({ "outcome": word.as_str() })))
}

/// Parameters that are not those of the method.
pub(super) fn misshapen(method: &str) -> ErrorData {
    let word = OutcomeWord::RefusedRequest.as_str();
    let text = format!("the parameters of {method} have the wrong shape");
    ErrorData::invalid_params(text, Some(serde_json::json!({ "outcome": word })))
}

fn without_word(mut error: ErrorData) -> ErrorData {
    let is_word = error.data.as_ref().is_some_and(|data| data.get("outcome").is_some());
    if is_word || error.code == ErrorCode::INTERNAL_ERROR {
        error.data = None;
    }
    error
}

fn word_of_tool(answer: &Result<Sized, ErrorData>) -> OutcomeWord {
    let result = match answer {
        Err(error) => return word_of_error(error),
        Ok((CallToolResponse::Complete(result), _)) => result,
        Ok(_) => return OutcomeWord::Ok,
    };
    if result.is_error != Some(true) {
        return OutcomeWord::Ok;
    }
    let code = result.structured_content.as_ref().and_then(|failure| failure.get("code"));
    code.and_then(|code| code.as_str()).map_or(OutcomeWord::Other, OutcomeWord::of_code)
}

fn word_of_error(error: &ErrorData) -> OutcomeWord {
    let own = error.data.as_ref().and_then(|data| data.get("outcome")?.as_str());
    match (own, error.code) {
        (Some(word), _) => OutcomeWord::of_code(word),
        (None, ErrorCode::INVALID_PARAMS | ErrorCode::RESOURCE_NOT_FOUND) => {
            OutcomeWord::RefusedUnknown
        }
        (
            None,
            ErrorCode::METHOD_NOT_FOUND
            | ErrorCode::INVALID_REQUEST
            | ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY,
        ) => OutcomeWord::RefusedRequest,
        (None, _) => OutcomeWord::Internal,
    }
}
