//! Tools that need more than one round: the client is asked, and calls again with what it was
//! asked for.
//!
//! What they have to remember travels sealed with the client, bound to person, tool and
//! arguments.

#![expect(clippy::needless_pass_by_value, reason = "tools get what they ask for by value")]

use platform::Call;
use rmcp::handler::server::tool::{InputResponses, RequestState};
use rmcp::model::CallToolResponse;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, tool, tool_router};
use serde_json::Value;

use crate::contents::text;
use crate::fixture::Fixture;
use crate::round::{Round, answer, declared, field, need, remembered};

type Answered = Result<CallToolResponse, ErrorData>;
type Context = RequestContext<RoleServer>;

#[tool_router(router = rounds, vis = "pub(crate)")]
impl Fixture {
    /// Ask the person's name, then greet.
    #[tool(title = "One question to the person")]
    fn test_input_required_result_elicitation(
        context: Context,
        InputResponses(given): InputResponses,
    ) -> Answered {
        need(&context, &["elicitation"])?;
        match answer(given.as_ref(), "user_name") {
            Some(given) => Ok(text(&format!("Hello, {}!", field(given, "name"))).into()),
            None => Ok(Round::default().elicit("user_name", "What is your name?", "name")?.asked()),
        }
    }

    /// Ask the client's model, then repeat what it said.
    #[tool(title = "One question to the model")]
    fn test_input_required_result_sampling(
        context: Context,
        InputResponses(given): InputResponses,
    ) -> Answered {
        need(&context, &["sampling"])?;
        if answer(given.as_ref(), "capital_question").is_some() {
            return Ok(text("The model answered.").into());
        }
        let question = "What is the capital of France?";
        Ok(Round::default().sample("capital_question", question)?.asked())
    }

    /// Ask for the client's roots, then count them.
    #[tool(title = "The client's roots")]
    fn test_input_required_result_list_roots(
        context: Context,
        InputResponses(given): InputResponses,
    ) -> Answered {
        need(&context, &["roots"])?;
        match answer(given.as_ref(), "client_roots") {
            Some(given) => {
                let roots = given.get("roots").and_then(Value::as_array).map_or(0, Vec::len);
                Ok(text(&format!("The client has {roots} roots.")).into())
            }
            None => Ok(Round::default().roots("client_roots")?.asked()),
        }
    }

    /// Ask for a confirmation and check the state that comes back with it.
    #[tool(title = "State")]
    fn test_input_required_result_request_state(
        call: Call,
        context: Context,
        InputResponses(given): InputResponses,
        RequestState(state): RequestState,
    ) -> Answered {
        confirm(&call, &context, given.as_ref(), state.as_deref())
    }

    /// Refuse a state that was altered.
    #[tool(title = "Altered state")]
    fn test_input_required_result_tampered_state(
        call: Call,
        context: Context,
        InputResponses(given): InputResponses,
        RequestState(state): RequestState,
    ) -> Answered {
        confirm(&call, &context, given.as_ref(), state.as_deref())
    }

    /// Ask the person, the model and for the roots at the same time.
    #[tool(title = "Three questions")]
    fn test_input_required_result_multiple_inputs(
        call: Call,
        context: Context,
        InputResponses(given): InputResponses,
        RequestState(state): RequestState,
    ) -> Answered {
        need(&context, &["elicitation", "sampling", "roots"])?;
        let opened = remembered(&call, state.as_deref())?;
        let keys = ["user_name", "greeting", "client_roots"];
        let complete = keys.iter().all(|key| answer(given.as_ref(), key).is_some());
        if opened.is_some() && complete {
            return Ok(text("All three were answered.").into());
        }
        Ok(Round::default()
            .elicit("user_name", "What is your name?", "name")?
            .sample("greeting", "Generate a greeting")?
            .roots("client_roots")?
            .remember(&call, 1)?
            .asked())
    }

    /// Ask twice, one question after the other.
    #[tool(title = "Two rounds")]
    fn test_input_required_result_multi_round(
        call: Call,
        context: Context,
        InputResponses(given): InputResponses,
        RequestState(state): RequestState,
    ) -> Answered {
        need(&context, &["elicitation"])?;
        let round = remembered(&call, state.as_deref())?.unwrap_or(0);
        let answered = |key| answer(given.as_ref(), key).is_some();
        match round {
            2.. if answered("step2") => Ok(text("Both questions were answered.").into()),
            1.. if round > 1 || answered("step1") => {
                let question = "Step 2: What is your favorite color?";
                Ok(Round::default().elicit("step2", question, "color")?.remember(&call, 2)?.asked())
            }
            _ => {
                let question = "Step 1: What is your name?";
                Ok(Round::default().elicit("step1", question, "name")?.remember(&call, 1)?.asked())
            }
        }
    }

    /// Ask only what the client says it can be asked.
    #[tool(title = "Questions by capability")]
    fn test_input_required_result_capabilities(
        context: Context,
        InputResponses(given): InputResponses,
    ) -> Answered {
        if given.is_some() {
            return Ok(text("The questions were answered.").into());
        }
        let declared = declared(&context);
        let mut round = Round::default();
        if declared.get("elicitation").is_some() {
            round = round.elicit("user_name", "What is your name?", "name")?;
        }
        if declared.get("sampling").is_some() {
            round = round.sample("greeting", "Generate a greeting")?;
        }
        if declared.get("roots").is_some() {
            round = round.roots("client_roots")?;
        }
        if round.is_empty() {
            return Ok(text("The client cannot be asked anything.").into());
        }
        Ok(round.asked())
    }

    /// Ask the person, on whatever stream the answer takes.
    #[tool(title = "Question on a stream")]
    fn test_streaming_elicitation(
        context: Context,
        InputResponses(given): InputResponses,
    ) -> Answered {
        need(&context, &["elicitation"])?;
        match answer(given.as_ref(), "value") {
            Some(_) => Ok(text("The question was answered.").into()),
            None => Ok(Round::default().elicit("value", "Give a value.", "value")?.asked()),
        }
    }
}

fn confirm(
    call: &Call,
    context: &Context,
    given: Option<&rmcp::model::InputResponses>,
    state: Option<&str>,
) -> Answered {
    need(context, &["elicitation"])?;
    if remembered(call, state)?.is_some() && answer(given, "confirm").is_some() {
        return Ok(text("The state came back unaltered.").into());
    }
    Ok(Round::default().elicit("confirm", "Please confirm", "ok")?.remember(call, 1)?.asked())
}
