//! It refuses what Graph refuses.

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Bench, bench, send};

#[tokio::test]
async fn a_missing_or_expired_bearer_is_401_with_a_challenge() {
    let bench = bench().await;
    for (who, message) in [
        ("", "Access token is empty."),
        ("nobody", "Access token validation failure."),
        ("ann-expired", "Lifetime validation failed, the token is expired."),
    ] {
        let got = bench.get(who, "/me").await;
        assert_eq!((got.status.as_u16(), got.code()), (401, "InvalidAuthenticationToken"));
        assert_eq!(got.message(), message);
        assert!(
            got.header("www-authenticate").starts_with("Bearer realm=\"\", authorization_uri=")
        );
    }
}

#[tokio::test]
async fn errors_carry_the_ids_of_the_request() {
    let bench = bench().await;
    let request = bench.request(Method::GET, "", "/me").header("client-request-id", "mine-1");
    let got = send(request).await;
    let inner = &got.body["error"]["innerError"];
    assert_eq!(inner["client-request-id"], "mine-1");
    assert_eq!(inner["request-id"], got.header("request-id"));
    assert_eq!(inner["date"].as_str().unwrap().len(), 19);
    assert_eq!(got.header("client-request-id"), "mine-1");
}

#[tokio::test]
async fn a_missing_scope_is_403() {
    let bench = bench().await;
    assert_eq!(bench.get("ann:User.Read", "/sites?search=*").await.status, 403);
    assert_eq!(bench.get("ann:Files.Read.All", "/me").await.status, 403);
    assert_eq!(bench.get("ann:User.Read", "/me/drive").await.status, 200);
    let labels = "/security/dataSecurityAndGovernance/sensitivityLabels";
    assert_eq!(bench.get("ann:Files.Read.All", labels).await.status, 403);
    let search = json!({"requests": [{"entityTypes": ["site"], "query": {"queryString": "x"}}]});
    let got = bench.post("ann:Mail.Read", "/search/query", &search).await;
    assert_eq!((got.status.as_u16(), got.code()), (403, "Forbidden"));
}

#[tokio::test]
async fn unknown_paths_name_the_segment() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    for (path, segment) in [
        ("/planner/tasks".to_owned(), "planner"),
        ("/me/messages".to_owned(), "messages"),
        (format!("/drives/{drive}/recent"), "recent"),
        ("/me/drive/recent".to_owned(), "recent"),
    ] {
        let got = bench.get("ann", &path).await;
        assert_eq!((got.status.as_u16(), got.code()), (400, "BadRequest"));
        assert_eq!(got.message(), format!("Resource not found for the segment '{segment}'."));
    }
    let beta = bench.graph.base_url().replace("v1.0", "beta/me");
    assert_eq!(bench.get("ann", &beta).await.message(), "Invalid version: beta.");
}

#[tokio::test]
async fn nothing_can_be_written() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget").await;
    let path = format!("/drives/{drive}/items/{item}");
    for method in [Method::PATCH, Method::PUT, Method::DELETE] {
        assert_eq!(send(bench.request(method, "ann", &path)).await.status, 403);
    }
    for below in ["/createLink", "/preview", "/invite", "/children"] {
        assert_eq!(bench.post("ann", &format!("{path}{below}"), &json!({})).await.status, 403);
    }
    assert_eq!(bench.get("ann", "/search/query").await.status, 405);
    assert_eq!(send(bench.request(Method::HEAD, "ann", "/me")).await.status, 405);
    let log = bench.graph.log();
    assert_eq!(log.violations.len(), 9);
    assert!(log.violations.iter().all(|it| it.rule == "write-attempted"));
}

#[tokio::test]
async fn redeeming_a_sharing_link_is_refused_and_remembered() {
    let bench = bench().await;
    for value in ["redeemSharingLink", "foo, RedeemSharingLinkIfNecessary"] {
        let got = send(bench.request(Method::GET, "ann", "/me").header("Prefer", value)).await;
        assert_eq!(got.status, 400);
    }
    let rules: Vec<_> = bench.graph.log().violations.into_iter().map(|it| it.rule).collect();
    assert_eq!(rules, ["redeem-sharing-link"; 2]);
}

async fn raw(bench: &Bench, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(bench.graph.address()).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn dot_segments_are_refused_however_they_are_written() {
    let bench = bench().await;
    for path in
        ["/v1.0/sites/../me", "/v1.0/sites/%2e%2E/me", "/v1.0/drives/a%2F..%2Fb", "/v1.0/me/."]
    {
        let text = raw(&bench, path).await;
        assert!(text.starts_with("HTTP/1.1 400"), "{path}: {text}");
    }
    assert_eq!(bench.graph.log().violations.len(), 4);
    assert!(raw(&bench, "/v1.0/sites//drive").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn wrong_ids_are_told_apart_from_missing_things() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let guid = "0b8e7d52-63a3-4d8c-8f2b-9d3c1e5f7a90";
    let other = crate::graph::ids::drive(guid, guid, guid);
    for (path, status, code) in [
        ("/drives/nonsense".to_owned(), 400, "invalidRequest"),
        (format!("/drives/{other}"), 404, "itemNotFound"),
        (format!("/drives/{drive}/items/nonsense"), 400, "invalidRequest"),
        (
            format!("/drives/{drive}/items/{}", crate::graph::ids::item("x", guid)),
            404,
            "itemNotFound",
        ),
        (format!("/drives/{drive}/root:/Nothing/here.txt"), 404, "itemNotFound"),
        ("/sites/evil.example,a,b".to_owned(), 400, "invalidRequest"),
        ("/sites/harbourlight.sharepoint.com,a,b".to_owned(), 400, "invalidRequest"),
        (format!("/sites/harbourlight.sharepoint.com,{guid},{guid}"), 404, "itemNotFound"),
        ("/sites/harbourlight.sharepoint.com:/sites/None".to_owned(), 404, "itemNotFound"),
    ] {
        let got = bench.get("ann", &path).await;
        assert_eq!((got.status.as_u16(), got.code()), (status, code), "{path}");
    }
    let site = bench.site("ann", "Finance").await;
    let got = bench.get("ann", &format!("/sites/{site}/lists/{guid}")).await;
    assert_eq!(got.status, 404);
    assert_eq!(bench.get("ann", &format!("/sites/{}", site.to_uppercase())).await.status, 200);
}
