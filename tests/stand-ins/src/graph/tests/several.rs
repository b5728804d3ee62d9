//! Batches, and the stand-in's own pages.

use http::Method;
use serde_json::{Value, json};

use super::{Got, bench, send};
use crate::graph::{Addition, Fault, FaultKind, Id};

fn part(got: &Got, id: &str) -> Value {
    let parts = got.body["responses"].as_array().unwrap();
    parts.iter().find(|part| part["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn a_batch_answers_each_part_by_itself() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget/Budget%202027.xlsx").await;
    let search =
        json!({"requests": [{"entityTypes": ["site"], "query": {"queryString": "finance"}}]});
    let batch = json!({"requests": [
        {"id": "1", "method": "GET", "url": "/me?$select=id"},
        {"id": "2", "method": "GET", "url": format!("/drives/{drive}/items/{item}/content")},
        {"id": "3", "method": "POST", "url": "/search/query", "headers": {"Content-Type": "application/json"}, "body": search},
        {"id": "4", "method": "DELETE", "url": format!("/drives/{drive}/items/{item}")},
        {"id": "5", "method": "GET", "url": "https://evil.example/me"},
        {"id": "6", "method": "GET", "url": "//evil.example/me"},
        {"id": "7", "method": "GET", "url": "/nothing"},
        {"id": "8", "method": "GET", "url": "/me", "dependsOn": ["7"]},
        {"id": "9", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {"requests": []}},
        {"id": "10", "method": "POST", "url": "/search/query", "body": search},
    ]});
    let got = bench.post("ann", "/$batch", &batch).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(got.body["responses"][0]["id"], "10", "answers come in another order");
    let statuses: Vec<i64> =
        (1..=10).map(|id| part(&got, &id.to_string())["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 302, 200, 405, 400, 400, 400, 424, 405, 400]);
    assert!(part(&got, "2")["headers"]["Location"].as_str().unwrap().contains("tempauth="));
    assert_eq!(part(&got, "3")["body"]["value"][0]["hitsContainers"][0]["total"], 1);
    let log = bench.graph.log();
    assert!(log.requests.iter().any(|it| it.in_batch && it.operation == Some(Id::Me)));
    let rules: Vec<_> = log.violations.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(
        rules,
        ["write-in-batch", "absolute-url-in-batch", "absolute-url-in-batch", "write-in-batch"]
    );
}

#[tokio::test]
async fn a_part_of_a_batch_can_be_throttled() {
    let bench = bench().await;
    bench.graph.fault(Fault::once(FaultKind::Throttled("7".to_owned())).on(Id::Me));
    let batch = json!({"requests": [
        {"id": "a", "method": "GET", "url": "/me"},
        {"id": "b", "method": "GET", "url": "/me"},
    ]});
    let got = bench.post("ann", "/$batch", &batch).await;
    assert_eq!(part(&got, "a")["status"], 429);
    assert_eq!(part(&got, "a")["headers"]["Retry-After"], "7");
    assert_eq!(part(&got, "b")["status"], 200);
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_is_refused_whole() {
    let bench = bench().await;
    let get = |id: u32| json!({"id": id.to_string(), "method": "GET", "url": "/me"});
    for requests in [
        (0..21).map(get).collect::<Vec<_>>(),
        vec![get(1), get(1)],
        vec![],
        vec![json!({"id": "1"})],
    ] {
        let got = bench.post("ann", "/$batch", &json!({"requests": requests})).await;
        assert_eq!(got.status, 400);
    }
    let full = (0..20).map(get).collect::<Vec<_>>();
    assert_eq!(bench.post("ann", "/$batch", &json!({"requests": full})).await.status, 200);
}

#[tokio::test]
async fn it_remembers_requests_without_their_bearer() {
    let bench = bench().await;
    let request =
        bench.request(Method::GET, "ann", "/me?$select=id").header("ConsistencyLevel", "eventual");
    send(request).await;
    let got = bench.get("", "/stand-in/requests").await;
    assert!(!got.body.to_string().contains("Bearer"));
    let seen = &got.body["requests"][0];
    assert_eq!((&seen["path"], &seen["query"]), (&json!("/v1.0/me"), &json!("$select=id")));
    assert_eq!(seen["consistency_level"], "eventual");
    assert_eq!(seen["oid"], crate::company::person("ann").unwrap().oid);
    assert!(seen["headers"].as_array().unwrap().contains(&json!("authorization")));
    assert_eq!(got.body["counts"], json!({"me": 1}));
    assert_eq!(send(bench.request(Method::DELETE, "", "/stand-in/requests")).await.status, 204);
    assert_eq!(bench.get("", "/stand-in/requests").await.body["requests"], json!([]));
}

#[tokio::test]
async fn a_test_can_add_sites_lists_pages_and_files_and_take_them_back() {
    let bench = bench().await;
    let add = json!([
        {"kind": "site", "title": "Rescue", "groups": ["research"], "people": ["dev"]},
        {"kind": "file", "drive": "Rescue", "path": "A/b.txt", "text": "ropes", "label": "x", "people": ["bob"]},
        {"kind": "list", "site": "Rescue", "title": "Boats", "columns": ["Length"]},
        {"kind": "row", "site": "Rescue", "list": "Boats", "fields": {"Title": "Ida", "Length": "7"}},
        {"kind": "page", "site": "Rescue", "title": "Drill plan", "html": "<p>Monday</p>"},
        {"kind": "folder", "drive": "Rescue", "path": "Empty"},
    ]);
    let made = bench.post("", "/stand-in/items", &add).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let drive = bench.drive("dev", "Rescue").await;
    let children = format!("/drives/{drive}/root/search(q='ropes')");
    assert_eq!(bench.get("bob", &children).await.names(), ["b.txt"]);
    assert_eq!(bench.get("dev", &children).await.names(), Vec::<&str>::new());
    assert_eq!(bench.get("ann", &format!("/drives/{drive}")).await.status, 403);
    let wrong = bench
        .post(
            "",
            "/stand-in/items",
            &json!({"kind": "list", "site": "None", "title": "x", "columns": []}),
        )
        .await;
    assert_eq!(wrong.status, 404);
    let page =
        Addition::Page { site: "Rescue".to_owned(), title: "More".to_owned(), html: String::new() };
    assert!(bench.graph.add(page).unwrap()["page"].is_string());
    assert_eq!(send(bench.request(Method::DELETE, "", "/stand-in/items")).await.status, 204);
    assert_eq!(bench.get("bob", &format!("/drives/{drive}")).await.status, 404);
}
