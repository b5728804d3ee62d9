//! Facts about things, and the rules about labels.

use stand_ins::graph::{Fault, FaultKind, Id};

use super::*;

#[tokio::test]
async fn facts_are_told_without_content() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Salary bands.xlsx").await;

    let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();

    let told = &facts["structured"];
    assert_eq!(told["item"]["label"]["name"], "Confidential");
    assert_eq!(told["item"]["label"]["decision"], "redacted");
    assert_eq!(told["item"]["when"], "2026-10-01T10:00:00Z");
    assert_eq!(told["created_by"]["name"], "Carla O'Neill");
    assert!(told["notes"].to_string().contains("open the url"));
    assert!(!facts.to_string().contains("38000"));
}

#[tokio::test]
async fn an_empty_column_is_checked_against_the_file() {
    let bench = bench().await;
    let cases = [
        ("Unlabelled budget.docx", "unlabelled"),
        ("Partner offer.docx", "unknown"),
        ("Acquisition (encrypted).docx", "redacted"),
    ];
    for (title, decision) in cases {
        let reference = bench.reference("ann", title).await;
        let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();
        assert_eq!(facts["structured"]["item"]["label"]["decision"], decision, "{title}");
    }
}

#[tokio::test]
async fn labels_are_understood_in_every_shape() {
    for fault in [
        FaultKind::LabelsInValue,
        FaultKind::LabelsAsArray,
        FaultKind::WrongShape,
        FaultKind::ForeignTenantLabel,
        FaultKind::LabelLocked("fileDecryptionDeferred".to_owned()),
    ] {
        let bench = bench().await;
        let reference = bench.reference("ann", "Unlabelled budget.docx").await;
        bench.graph.fault(Fault::once(fault.clone()).on(Id::ItemExtractLabels));

        let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();

        let decision = &facts["structured"]["item"]["label"]["decision"];
        assert_ne!(decision, "allowed", "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_not_asked_for_is_left_out() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Forecast Q4.docx").await;

    let facts =
        bench.facts("ann", json!({"target": reference, "include": ["label"]})).await.unwrap();
    let told = &facts["structured"];
    assert!(told["item"].get("when").is_none() && told.get("created").is_none());
    assert!(told["item"].get("label").is_some());

    let facts =
        bench.facts("ann", json!({"target": reference, "include": ["dates"]})).await.unwrap();
    assert!(facts["structured"]["item"].get("label").is_none());
}

#[tokio::test]
async fn everything_that_is_shown_can_be_asked_about() {
    let bench = bench().await;
    let site = "https://harbourlight.sharepoint.com/sites/Finance";
    let mut references = vec![json!(site)];
    let inside = bench.browse("ann", json!({"target": site})).await.unwrap();
    references
        .extend(items(&inside).iter().flat_map(|item| [item["ref"].clone(), item["url"].clone()]));
    let folder = json!({"target": format!("{site}/Shared%20Documents/Budget")});
    let files = bench.browse("ann", folder).await.unwrap();
    references
        .extend(items(&files).iter().flat_map(|item| [item["ref"].clone(), item["url"].clone()]));
    let rows = json!({"query": "Bergen", "kinds": ["list_item"]});
    let rows = bench.search("ann", rows).await.unwrap();
    references.extend(items(&rows).iter().map(|item| item["ref"].clone()));
    assert!(references.len() > 20);

    for target in references {
        let facts = bench.facts("ann", json!({"target": target})).await;
        assert!(facts.is_ok(), "{target}: {:?}", facts.err());
    }
}

#[tokio::test]
async fn an_office_address_of_the_browser_finds_its_file() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Forecast Q4.docx").await;
    let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();
    let url = facts["structured"]["item"]["url"].as_str().unwrap();
    assert!(url.contains("Doc.aspx?sourcedoc="), "{url}");

    let again = bench.facts("ann", json!({"target": url})).await.unwrap();

    assert_eq!(again["structured"]["item"]["ref"], reference.as_str());
}

#[tokio::test]
async fn what_cannot_be_found_says_what_to_do() {
    let bench = bench().await;
    let cases = [
        ("Forecast", "invalid_argument"),
        ("https://example.com/x", "invalid_argument"),
        ("sp:file:a", "invalid_argument"),
        ("sp:file:../../x", "invalid_argument"),
        ("https://harbourlight.sharepoint.com/:w:/s/Finance/Eabc", "invalid_argument"),
        ("https://harbourlight.sharepoint.com/sites/Nowhere", "not_found"),
        (
            "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents/Nothing.docx",
            "not_found",
        ),
        (
            "https://harbourlight.sharepoint.com/sites/Finance/Lists/Nothing/AllItems.aspx",
            "not_found",
        ),
    ];
    for (target, expected) in cases {
        let answer = bench.facts("ann", json!({"target": target})).await;
        assert_eq!(code(answer), expected, "{target}");
    }
}

#[tokio::test]
async fn malware_is_called_by_its_name() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Invoice_scan.exe").await;
    let facts = bench.facts("ann", json!({"target": reference})).await.unwrap();

    assert!(facts["text"].as_str().unwrap().contains("malware"), "{facts:#}");
}

#[tokio::test]
async fn the_labels_are_told_with_their_rules() {
    let bench = bench().await;

    let told = bench.labels("ann").await.unwrap();
    let guest = bench.labels("dev").await;

    let rule = |name: &str| {
        let items = told["structured"]["items"].as_array().unwrap();
        items.iter().find(|item| item["name"] == name).unwrap()["decision"].clone()
    };
    assert_eq!(rule("General"), "allow");
    assert_eq!(rule("Confidential"), "redact");
    assert_eq!(rule("Highly Confidential / Board only"), "redact");
    assert_eq!(told["structured"]["unlabelled"], "redact");
    assert_eq!(guest.unwrap()["structured"]["items"].as_array().unwrap().len(), 5, "remembered");
}

#[tokio::test]
async fn without_permission_the_labels_of_the_policy_are_told() {
    let bench = bench().await;

    let told = bench.labels("ann:Sites.Read.All,Files.Read.All").await.unwrap();

    assert_eq!(told["structured"]["items"].as_array().unwrap().len(), 2);
    assert!(notes(&told).contains("cannot be read for you"));
}

#[tokio::test]
async fn versions_and_access_are_told_without_keys() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Forecast Q4.docx").await;
    bench.graph.forget();
    let query = json!({"target": reference, "include": ["versions", "access"]});

    let facts = bench.facts("ann", query).await.unwrap();

    let versions = facts["structured"]["versions"].as_array().unwrap();
    let ids: Vec<&str> = versions.iter().map(|version| version["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["3.0", "2.0", "1.0"]);
    assert_eq!(versions[1]["who"]["name"], "Carla O'Neill");
    assert_eq!(versions[1]["when"], "2026-10-20T15:30:00Z");
    let access = facts["structured"]["access"].as_array().unwrap();
    assert!(access.iter().any(|one| one["kind"] == "group" && one["roles"][0] == "write"));
    assert!(notes(&facts).contains("only part of who has access"));
    let requests = bench.requests();
    assert_eq!(requests.len(), 3, "{requests:?}");
}

#[tokio::test]
async fn a_link_is_told_by_whom_it_lets_in() {
    let bench = bench().await;
    let plan = bench.reference("bob", "Career plan.docx").await;

    let facts = bench.facts("ann", json!({"target": plan, "include": ["access"]})).await.unwrap();

    let access = facts["structured"]["access"].as_array().unwrap();
    let link = access.iter().find(|one| one["kind"] == "link").unwrap();
    assert!(link["name"].as_str().unwrap().contains("organization"), "{link}");
    assert_eq!(link["roles"][0], "read");
    assert!(access.iter().any(|one| one["name"] == "Ann Berg"), "{access:?}");
    for key in ["/:w:/", "?e=", "u!", "shareId", "loginName", "membership"] {
        assert!(!facts.to_string().contains(key), "{key} in {facts:#}");
    }
}

#[tokio::test]
async fn what_cannot_be_told_of_access_is_a_note() {
    let bench = bench().await;
    let reference = bench.reference("ann", "Forecast Q4.docx").await;
    bench.graph.fault(Fault::once(FaultKind::Forbidden).on(Id::ItemPermissions));
    let query = json!({"target": reference, "include": ["versions", "access"]});

    let facts = bench.facts("ann", query).await.unwrap();

    assert!(facts["structured"].get("access").is_none());
    assert_eq!(facts["structured"]["versions"].as_array().unwrap().len(), 3);
    assert!(notes(&facts).contains("Access cannot be read for you"), "{}", notes(&facts));
    let site = json!({"target": "root", "include": ["versions"]});
    let site = bench.facts("ann", site).await.unwrap();
    assert!(notes(&site).contains("files and folders"), "{}", notes(&site));
}
