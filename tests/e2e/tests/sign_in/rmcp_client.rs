//! rmcp's own client, of the library that the connectors serve with: its other half.

use e2e::{Company, mcp_address, own_server};
use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{AuthClient, AuthorizationRequest, OAuthState};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::json;

use crate::assistants::sign_in;
use crate::documents::DocumentHost;

/// Nothing listens there: the story hands the answer over.
const REDIRECT: &str = "http://127.0.0.1:33419/callback";

async fn tell(introduce: impl FnOnce(AuthorizationRequest, &DocumentHost) -> AuthorizationRequest) {
    let http = e2e::http();
    let company = Company::start().await;
    let documents = DocumentHost::start().await;
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_CIMD_HOSTS", documents.authority()))
            .await;
    let address = mcp_address(&connector);
    let mut state = OAuthState::new(&address, None).await.unwrap();
    let request = introduce(AuthorizationRequest::new(REDIRECT), &documents);
    state.start_authorization(request).await.unwrap();
    let authorize = state.get_authorization_url().await.unwrap();
    let landed = sign_in(&company, &authorize, "ann").await;
    state.handle_callback_url(landed.as_str()).await.unwrap();
    state.refresh_token().await.unwrap();
    let manager = state.into_authorization_manager().unwrap();
    company.canaries.plant_token(&manager.get_access_token().await.unwrap());
    let transport = StreamableHttpClientTransport::with_client(
        AuthClient::new(http, manager),
        StreamableHttpClientTransportConfig::with_uri(address),
    );
    let client = ().serve(transport).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert!(tools.iter().any(|tool| tool.name == "sharepoint_search"));
    let arguments = json!({"query": "budget"}).as_object().unwrap().clone();
    let call = CallToolRequestParams::new("sharepoint_search").with_arguments(arguments);
    let found = client.call_tool(call).await.unwrap().structured_content.unwrap();
    assert!(!found["items"].as_array().unwrap().is_empty(), "{found}");
    client.cancel().await.unwrap();
    connector.finish().await;
}

#[tokio::test]
async fn rmcp_signs_in_by_registration() {
    tell(|request, _| request.with_client_name("rmcp")).await;
}

#[tokio::test]
async fn rmcp_signs_in_by_its_metadata_document() {
    // The library's own parameter insists on https, which loopback has not.
    tell(|request, documents| request.with_preregistered_client(documents.client_id())).await;
}
