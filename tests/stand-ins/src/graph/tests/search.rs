//! `POST /search/query`.

use serde_json::{Value, json};

use super::{Bench, bench};

async fn search(bench: &Bench, who: &str, request: Value) -> super::Got {
    bench.post(who, "/search/query", &json!({"requests": [request]})).await
}

fn hits(got: &super::Got) -> Vec<Value> {
    assert_eq!(got.status, 200, "{}", got.body);
    let hits = &got.body["value"][0]["hitsContainers"][0]["hits"];
    hits.as_array().cloned().unwrap_or_default()
}

fn names(got: &super::Got) -> Vec<String> {
    hits(got)
        .iter()
        .map(|hit| hit["resource"]["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn a_hit_has_the_shape_of_the_documentation() {
    let bench = bench().await;
    let got = search(
        &bench,
        "ann",
        json!({"entityTypes": ["driveItem"], "query": {"queryString": "margin lamps"}}),
    )
    .await;
    let container = &got.body["value"][0]["hitsContainers"][0];
    assert_eq!(
        (&container["total"], &container["moreResultsAvailable"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(got.body["value"][0]["searchTerms"], json!(["margin", "lamps"]));
    let hit = &container["hits"][0];
    let resource = &hit["resource"];
    assert_eq!(
        (&hit["rank"], &resource["@odata.type"]),
        (&json!(1), &json!("#microsoft.graph.driveItem"))
    );
    assert_eq!(hit["hitId"], resource["id"]);
    assert_eq!(
        resource["parentReference"]["sharepointIds"]["listItemUniqueId"].as_str().unwrap().len(),
        36
    );
    assert!(resource.get("file").is_none() && resource.get("listItem").is_none());
    let summary = hit["summary"].as_str().unwrap();
    assert!(summary.contains("&amp; <c0>margin</c0> &lt;31 %&gt;"), "{summary}");
    assert!(summary.ends_with("<ddd/>"));
}

#[tokio::test]
async fn a_search_without_hits_has_no_list_of_hits() {
    let bench = bench().await;
    let got = search(
        &bench,
        "ann",
        json!({"entityTypes": ["driveItem"], "query": {"queryString": "unicorn"}}),
    )
    .await;
    let container = &got.body["value"][0]["hitsContainers"][0];
    assert_eq!(container, &json!({"total": 0, "moreResultsAvailable": false}));
}

#[tokio::test]
async fn extended_fields_come_back_for_list_items_only() {
    let bench = bench().await;
    let fields = json!(["title", "author", "InformationProtectionLabelId", "NoSuchProperty"]);
    let ask = |types: &str| json!({"entityTypes": [types], "query": {"queryString": "filename:\"Budget 2027\""}, "fields": fields});
    let as_file = hits(&search(&bench, "ann", ask("driveItem")).await);
    assert_eq!(
        as_file[0]["resource"]["listItem"]["fields"],
        json!({"title": "Budget 2027", "author": "Ann Berg"})
    );
    let as_row = hits(&search(&bench, "ann", ask("listItem")).await);
    assert_eq!(as_row[0]["resource"]["@odata.type"], "#microsoft.graph.listItem");
    assert_eq!(
        as_row[0]["resource"]["fields"],
        json!({"title": "Budget 2027", "author": "Ann Berg", "informationProtectionLabelId": crate::graph::labels::GENERAL})
    );
}

#[tokio::test]
async fn kinds_can_be_mixed_and_pages_have_another_id_here() {
    let bench = bench().await;
    let got = search(&bench, "ann", json!({"entityTypes": ["driveItem", "listItem", "list", "site", "drive"], "query": {"queryString": "*"}, "size": 500})).await;
    let mut kinds: Vec<String> = hits(&got)
        .iter()
        .map(|hit| hit["resource"]["@odata.type"].as_str().unwrap().to_owned())
        .collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), 5);
    let got = search(
        &bench,
        "ann",
        json!({"entityTypes": ["listItem"], "query": {"queryString": "\"Office move\""}}),
    )
    .await;
    let id = hits(&got)[0]["resource"]["id"].as_str().unwrap().to_owned();
    let site = bench.site("ann", "Intranet").await;
    assert_eq!(
        bench
            .get("ann", &format!("/sites/{site}/pages/{id}/microsoft.graph.sitePage"))
            .await
            .status,
        404
    );
    let ids = &hits(&got)[0]["resource"]["sharepointIds"];
    let path = format!(
        "/sites/{site}/lists/{}/items/{}?$select=sharepointIds",
        ids["listId"].as_str().unwrap(),
        ids["listItemId"].as_str().unwrap()
    );
    let row = bench.get("ann", &path).await;
    let id = row.body["sharepointIds"]["listItemUniqueId"].as_str().unwrap();
    assert_eq!(
        bench
            .get("ann", &format!("/sites/{site}/pages/{id}/microsoft.graph.sitePage"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn results_come_in_pages_in_the_order_that_was_asked_for() {
    let bench = bench().await;
    let page = |from: u32| json!({"entityTypes": ["driveItem"], "query": {"queryString": "filename:INV-2026*"}, "from": from, "size": 100, "sortProperties": [{"name": "lastModifiedDateTime", "isDescending": true}]});
    let mut seen = Vec::new();
    for (from, more) in [(0, true), (100, true), (200, false)] {
        let got = search(&bench, "ann", page(from)).await;
        let container = &got.body["value"][0]["hitsContainers"][0];
        assert_eq!(
            (&container["total"], &container["moreResultsAvailable"]),
            (&json!(230), &json!(more))
        );
        seen.extend(
            hits(&got)
                .iter()
                .map(|hit| hit["resource"]["lastModifiedDateTime"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(seen.len(), 230);
    assert!(seen.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[tokio::test]
async fn a_template_fences_the_words_unless_they_break_out() {
    let bench = bench().await;
    let template =
        "({searchTerms}) AND path:\"https://harbourlight.sharepoint.com/sites/Finance/Archive\"";
    let ask = |text: &str| json!({"entityTypes": ["driveItem"], "query": {"queryString": text, "queryTemplate": template}});
    assert_eq!(names(&search(&bench, "ann", ask("revenue")).await), ["Annual report 2025.pdf"]);
    let out = names(&search(&bench, "ann", ask("zzz) OR (budget) OR (zzz")).await);
    assert!(out.len() > 1, "the service does not protect the template: {out:?}");
}

#[tokio::test]
async fn the_text_of_markdown_is_not_in_the_index() {
    let bench = bench().await;
    let ask = |text: &str| json!({"entityTypes": ["driveItem"], "query": {"queryString": text}});
    assert!(names(&search(&bench, "ann", ask("lighthousekeeper")).await).is_empty());
    let drive = bench.drive("ann", "Intranet").await;
    let got = bench.get("ann", &format!("/drives/{drive}/root/search(q='lighthousekeeper')")).await;
    assert_eq!(got.names(), ["Handbook notes.md"]);
}

#[tokio::test]
async fn requests_that_graph_refuses_are_refused() {
    let bench = bench().await;
    let one = json!({"entityTypes": ["driveItem"], "query": {"queryString": "x"}});
    let with = |change: Value| {
        let mut request = one.clone();
        for (key, value) in change.as_object().unwrap() {
            request[key] = value.clone();
        }
        request
    };
    for change in [
        json!({"size": 501}),
        json!({"size": 0}),
        json!({"from": -1}),
        json!({"region": "EMEA"}),
        json!({"entityTypes": []}),
        json!({"entityTypes": ["driveItem", "message"]}),
        json!({"entityTypes": ["spaceship"]}),
        json!({"colour": "red"}),
        json!({"query": {"queryString": "(x"}}),
        json!({"query": {}}),
        json!({"sortProperties": [{"name": "colour"}]}),
        json!({"enableTopResults": true}),
    ] {
        let got = search(&bench, "ann", with(change.clone())).await;
        assert_eq!(got.status, 400, "{change}");
    }
    let two = json!({"requests": [one, one]});
    assert_eq!(bench.post("ann", "/search/query", &two).await.status, 400);
    assert_eq!(bench.post("ann", "/search/query", &json!({"requests": []})).await.status, 400);
    assert_eq!(search(&bench, "ann", with(json!({"entityTypes": ["message"]}))).await.status, 403);
}
