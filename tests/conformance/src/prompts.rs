//! Prompts, one for each kind of content, one that needs input, and their completion.

use rmcp::model::{
    CompleteRequestParams, CompleteResult, CompletionInfo, ContentBlock, GetPromptRequestParams,
    GetPromptResponse, GetPromptResult, ListPromptsResult, Prompt, PromptArgument, PromptMessage,
    ResourceContents, Role,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::resources::{MIME_PNG, MIME_TEXT, PIXEL};
use crate::round::{self, Round};

/// All of them.
pub(crate) fn list() -> ListPromptsResult {
    let first = PromptArgument::new("arg1").with_description("The first.").with_required(true);
    let second = PromptArgument::new("arg2").with_description("The second.").with_required(true);
    let resource = PromptArgument::new("resourceUri").with_description("The resource's address.");
    ListPromptsResult::with_all_items(vec![
        Prompt::new("test_simple_prompt", Some("A text."), None),
        Prompt::new(
            "test_prompt_with_arguments",
            Some("A text made of arguments."),
            Some(vec![first, second]),
        ),
        Prompt::new(
            "test_prompt_with_embedded_resource",
            Some("A text and a resource."),
            Some(vec![resource.with_required(true)]),
        ),
        Prompt::new("test_prompt_with_image", Some("A text and an image."), None),
        Prompt::new("test_input_required_result_prompt", Some("Asks the person first."), None),
    ])
}

/// The prompt of this name.
pub(crate) fn get(
    request: &GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<GetPromptResponse, ErrorData> {
    let messages = match request.name.as_str() {
        "test_simple_prompt" => vec![said("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            let (first, second) = (argument(request, "arg1")?, argument(request, "arg2")?);
            vec![said(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))]
        }
        "test_prompt_with_embedded_resource" => {
            let uri = argument(request, "resourceUri")?;
            let text = "Embedded resource content for testing.";
            let contents = ResourceContents::text(text, uri).with_mime_type(MIME_TEXT);
            let resource = PromptMessage::new(Role::User, ContentBlock::resource(contents));
            vec![resource, said("Please process the embedded resource above.")]
        }
        "test_prompt_with_image" => {
            let image = PromptMessage::new(Role::User, ContentBlock::image(PIXEL, MIME_PNG));
            vec![image, said("Please analyze the image above.")]
        }
        "test_input_required_result_prompt" => {
            round::need(context, &["elicitation"])?;
            let key = "user_context";
            let Some(given) = round::answer(request.input_responses.as_ref(), key) else {
                let asked = Round::default().elicit(key, "What context is it?", "context")?;
                return Ok(asked.into_result().into());
            };
            vec![said(&format!("The context is {}.", round::field(given, "context")))]
        }
        _ => return Err(ErrorData::invalid_params("unknown prompt; ask for prompts/list", None)),
    };
    Ok(GetPromptResult::new(messages).with_description("A prompt for testing.").into())
}

/// Completes a prompt's argument.
pub(crate) fn complete(request: &CompleteRequestParams) -> Result<CompleteResult, ErrorData> {
    let typed = request.argument.value.as_str();
    let known = ["paris", "park", "party"];
    let values = known.iter().filter(|word| word.starts_with(typed)).map(ToString::to_string);
    let info = CompletionInfo::new(values.collect())
        .map_err(|problem| ErrorData::internal_error(problem, None))?;
    Ok(CompleteResult::new(info))
}

fn said(text: &str) -> PromptMessage {
    PromptMessage::new_text(Role::User, text)
}

fn argument<'a>(request: &'a GetPromptRequestParams, name: &str) -> Result<&'a str, ErrorData> {
    let value = request.arguments.as_ref().and_then(|all| all.get(name)?.as_str());
    value.ok_or_else(|| ErrorData::invalid_params(format!("`{name}` is required"), None))
}
