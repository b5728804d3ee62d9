//! Each person sees what is theirs, in every operation.

use serde_json::{Value, json};

use super::bench;

#[tokio::test]
async fn each_person_finds_other_sites() {
    let bench = bench().await;
    for (who, seen) in [
        ("ann", vec!["", "Intranet", "it", "Finance", "ChartRoom"]),
        ("bob", vec!["", "Intranet", "it", "Research", "ChartRoom"]),
        ("carla", vec!["", "Intranet", "it", "Finance", "Board"]),
        ("dev", vec![]),
    ] {
        let got = bench.get(who, "/sites?search=*").await;
        assert_eq!(got.names(), seen, "{who}");
    }
}

#[tokio::test]
async fn a_site_of_others_is_forbidden_in_every_operation_on_it() {
    let bench = bench().await;
    let site = bench.site("carla", "Board").await;
    for below in [
        "",
        "/drive",
        "/drives",
        "/lists",
        "/lists/Decisions/items",
        "/sites",
        "/pages/microsoft.graph.sitePage",
    ] {
        let got = bench.get("ann", &format!("/sites/{site}{below}")).await;
        assert_eq!((got.status.as_u16(), got.code()), (403, "accessDenied"), "{below}");
        let got = bench.get("carla", &format!("/sites/{site}{below}")).await;
        assert_eq!(got.status, 200, "{below}");
    }
}

#[tokio::test]
async fn a_drive_of_others_hides_every_item() {
    let bench = bench().await;
    let (drive, item) = bench.item("carla", "Board", "Minutes/Minutes%202026-11.docx").await;
    for path in [
        format!("/drives/{drive}"),
        format!("/drives/{drive}/root"),
        format!("/drives/{drive}/items/{item}"),
        format!("/drives/{drive}/items/{item}/children"),
        format!("/drives/{drive}/items/{item}/content"),
        format!("/drives/{drive}/items/{item}/versions"),
        format!("/drives/{drive}/items/{item}/permissions"),
        format!("/drives/{drive}/items/{item}/listItem"),
        format!("/drives/{drive}/root:/Minutes"),
        format!("/drives/{drive}/root:/Minutes:/children"),
        format!("/drives/{drive}/root/search(q='minutes')"),
        format!("/drives/{drive}/root/delta"),
    ] {
        assert_eq!(bench.get("ann", &path).await.status, 403, "{path}");
    }
    let labels = format!("/drives/{drive}/items/{item}/extractSensitivityLabels");
    assert_eq!(bench.post("ann", &labels, &json!({})).await.status, 403);
}

#[tokio::test]
async fn search_is_trimmed_to_what_the_person_may_see() {
    let bench = bench().await;
    let search = |types: &str| json!({"requests": [{"entityTypes": [types], "query": {"queryString": "budget"}, "size": 100}]});
    let mut seen: Vec<Vec<String>> = Vec::new();
    for who in ["ann", "bob", "carla", "dev"] {
        let got = bench.post(who, "/search/query", &search("driveItem")).await;
        let hits = &got.body["value"][0]["hitsContainers"][0]["hits"];
        let mut names: Vec<String> = hits
            .as_array()
            .map(|hits| {
                hits.iter()
                    .map(|hit| hit["resource"]["name"].as_str().unwrap().to_owned())
                    .collect()
            })
            .unwrap_or_default();
        names.sort();
        seen.push(names);
    }
    assert!(seen[0].contains(&"Forecast Q4.docx".to_owned()));
    assert_eq!(seen[1], ["LED endurance test.docx"]);
    assert!(seen[2].contains(&"Minutes 2026-11.docx".to_owned()));
    assert!(!seen[0].contains(&"Minutes 2026-11.docx".to_owned()));
    assert_eq!(seen[3], Vec::<String>::new());
}

#[tokio::test]
async fn a_guest_reaches_the_one_file_that_was_shared_and_nothing_beside_it() {
    let bench = bench().await;
    let (drive, item) = bench.item("bob", "Research", "For%20partners/Mounting%20guide.docx").await;
    let (_, other) = bench.item("bob", "Research", "Patents/Rotating%20prism.docx").await;
    assert_eq!(bench.get("dev", &format!("/drives/{drive}/items/{item}")).await.status, 200);
    let got = bench.get("dev", &format!("/drives/{drive}/items/{other}")).await;
    assert_eq!((got.status.as_u16(), got.code()), (404, "itemNotFound"));
    assert_eq!(bench.get("dev", &format!("/drives/{drive}/root/delta")).await.status, 403);
    assert_eq!(bench.get("dev", "/me/drive").await.status, 404);
    assert_eq!(bench.get("dev", "/me").await.body["mail"], Value::Null);
}

#[tokio::test]
async fn everyone_has_their_own_drive_and_strangers_get_404() {
    let bench = bench().await;
    let own = bench.get("bob", "/me/drive").await;
    assert_eq!(own.body["driveType"], "business");
    let id = own.body["id"].as_str().unwrap();
    assert_eq!(bench.get("carla", &format!("/drives/{id}")).await.status, 404);
    // Bob shared one file with Ann: she may open the drive, not its root.
    assert_eq!(bench.get("ann", &format!("/drives/{id}")).await.status, 200);
    assert_eq!(bench.get("ann", &format!("/drives/{id}/root")).await.status, 403);
    let got = bench.get("ann", &format!("/drives/{id}/root:/Plans/Career%20plan.docx")).await;
    assert_eq!(got.status, 200);
    let shortcut = bench.get("bob", &format!("/drives/{id}/root:/Lab%20protocols")).await;
    assert!(shortcut.body["remoteItem"]["parentReference"]["driveId"].is_string());
    assert!(shortcut.body.get("folder").is_none());
}

#[tokio::test]
async fn what_others_shared_is_found_by_its_restriction() {
    let bench = bench().await;
    let query = format!("SharedWithUsersOWSUSER:\"{}\"", "ann@harbourlight.example");
    let search =
        json!({"requests": [{"entityTypes": ["driveItem"], "query": {"queryString": query}}]});
    let got = bench.post("ann", "/search/query", &search).await;
    let container = &got.body["value"][0]["hitsContainers"][0];
    assert_eq!(container["total"], 1);
    assert_eq!(container["hits"][0]["resource"]["createdBy"]["user"]["displayName"], "Bob Castro");
}
