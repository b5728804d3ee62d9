//! Files and pages as resources: addresses made of ids, read as the tool reads them. Nothing is
//! listed but the two forms that an address has.

use graph::Id;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use platform::{Call, Summary as _, ToolError};
use rmcp::model::{
    CacheScope, ErrorCode, ListResourceTemplatesResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ResourceContents,
    ResourceTemplate, ResourcesCapability, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::SharePoint;
use crate::reference::Reference;

const FILE: &str = "m365-file";
const PAGE: &str = "m365-page";
/// What addresses begin with.
pub const SCHEMES: &[&str] = &[FILE, PAGE];
const MARKDOWN: &str = "text/markdown";
/// What RFC 3986 never encodes.
const ID: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a thing that can be read as a resource.
pub fn address(reference: &Reference) -> Option<String> {
    let (scheme, place, thing) = match reference {
        Reference::File { drive, item } => (FILE, drive, item),
        Reference::Page { site, page } => (PAGE, site, page),
        Reference::Folder { .. }
        | Reference::Drive { .. }
        | Reference::Site { .. }
        | Reference::List { .. }
        | Reference::Row { .. } => return None,
    };
    let encoded = |id: &Id| utf8_percent_encode(id.as_str(), ID).to_string();
    Some(format!("{scheme}://{}/{}", encoded(place), encoded(thing)))
}

/// The thing at an address, encoded or not.
///
/// # Errors
/// What is wrong with it, for the person.
pub fn reference(address: &str) -> Result<Reference, &'static str> {
    const PROBLEM: &str = "an address is m365-file://{drive}/{item} or m365-page://{site}/{page}, \
         with the ids of a `ref`";
    let (scheme, ids) = address.split_once("://").ok_or(PROBLEM)?;
    let (place, thing) = ids.split_once('/').ok_or(PROBLEM)?;
    let id = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| PROBLEM)?;
        Id::try_from(text.as_ref()).map_err(|_| PROBLEM)
    };
    let (place, thing) = (id(place)?, id(thing)?);
    match scheme.to_ascii_lowercase().as_str() {
        FILE => Ok(Reference::File { drive: place, item: thing }),
        PAGE => Ok(Reference::Page { site: place, page: thing }),
        _ => Err(PROBLEM),
    }
}

impl SharePoint {
    /// The text at an address, as Markdown. Text that is withheld is no error: what is known of
    /// the thing, and why there is no more, is told in its place.
    pub async fn read_address(&self, call: &Call, address: &str) -> Result<String, ToolError> {
        let reference = reference(address).map_err(|problem| ToolError::invalid("uri", problem))?;
        let document = Box::pin(self.client().read_all(call, reference)).await?;
        let mut text = document.summary();
        if document.next_cursor.is_some() {
            text.push_str("\n(A resource shows the first part only; sharepoint_read goes on.)");
        }
        Ok(text)
    }
}

impl ServerHandler for SharePoint {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::default();
        info.capabilities.resources = Some(ResourcesCapability::default());
        info
    }

    async fn list_resource_templates(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let call = context.extensions.get::<Call>().cloned();
        let call = call.ok_or_else(|| ErrorData::internal_error("read without a call", None))?;
        let text = self.read_address(&call, &request.uri).await.map_err(|error| refusal(&error))?;
        let contents = ResourceContents::text(text, request.uri).with_mime_type(MARKDOWN);
        let result = ReadResourceResult::new(vec![contents]);
        Ok(result.with_ttl_ms(0).with_cache_scope(CacheScope::Private).into())
    }
}

/// The forms of addresses.
fn templates() -> Vec<ResourceTemplate> {
    let file = ResourceTemplate::new(format!("{FILE}://{{drive}}/{{item}}"), "file")
        .with_title("File in SharePoint or OneDrive")
        .with_description("Its text, as its sensitivity label permits.")
        .with_mime_type(MARKDOWN);
    let page = ResourceTemplate::new(format!("{PAGE}://{{site}}/{{page}}"), "page")
        .with_title("SharePoint page")
        .with_description("Its text, as the policy permits.")
        .with_mime_type(MARKDOWN);
    vec![file, page]
}

/// The error of a tool as that of a resource. The word in `data` is for the audit record, the
/// time is when to try again.
fn refusal(error: &ToolError) -> ErrorData {
    let code = match error.code() {
        "invalid_argument" | "not_found" => ErrorCode::INVALID_PARAMS,
        _ => ErrorCode::INTERNAL_ERROR,
    };
    let mut data = serde_json::json!({ "outcome": error.code() });
    if let (Some(wait), Some(data)) = (error.retry_after(), data.as_object_mut()) {
        data.insert("retry_after_s".to_owned(), wait.as_secs().max(1).into());
    }
    ErrorData::new(code, error.to_string(), Some(data))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_address_of_ours_is_refused() {
        for bad in [
            "",
            "m365-file://",
            "m365-file://a",
            "m365-file://a/",
            "m365-file:///b",
            "m365-file://a/b/c",
            "m365-file://a/b?x=1",
            "m365-file://a/b#x",
            "m365-file://a/..",
            "m365-file://a/%2e%2e",
            "m365-file://a/b%2Fc",
            "m365-file://a/root:",
            "m365-file://a/%FF",
            "m365-mail://a/b",
            "file://a/b",
            "https://contoso.sharepoint.com/a",
        ] {
            assert!(reference(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_says_when_to_try_again_where_waiting_helps() {
        let retry_after = std::time::Duration::from_secs(90);
        let busy = refusal(&ToolError::Throttled { service: "Graph", retry_after });
        let data = busy.data.unwrap();
        assert_eq!(data["retry_after_s"], 90);
        assert_eq!(data["outcome"], "upstream_throttled");
        let gone = refusal(&ToolError::NotFound { what: "the file" });
        assert!(gone.data.unwrap().get("retry_after_s").is_none());
    }

    #[test]
    fn an_address_is_understood_encoded_and_plain() {
        let plain = reference("m365-file://b!Xy-_9/01ABC").unwrap();
        assert_eq!(reference("M365-File://b%21Xy-_9/01ABC").unwrap(), plain);
        assert_eq!(address(&plain).unwrap(), "m365-file://b%21Xy-_9/01ABC");
        let page = reference("m365-page://contoso.sharepoint.com,1,2/abc").unwrap();
        assert_eq!(address(&page).unwrap(), "m365-page://contoso.sharepoint.com%2C1%2C2/abc");
        assert_eq!(address(&"sp:site:a".parse().unwrap()), None);
    }

    proptest! {
        #[test]
        fn every_address_leads_back_to_its_thing(
            place in "[a-zA-Z0-9!,._-]{0,30}[a-z]",
            thing in "[a-zA-Z0-9!,._-]{0,30}[a-z]",
        ) {
            for text in [format!("sp:file:{place}/{thing}"), format!("sp:page:{place}/{thing}")] {
                let known: Reference = text.parse().unwrap();
                prop_assert_eq!(reference(&address(&known).unwrap()).unwrap(), known);
            }
        }

        #[test]
        fn no_text_breaks_the_reading(text in any::<String>()) {
            let _ = reference(&text);
            let _ = reference(&format!("m365-file://{text}"));
        }
    }
}
