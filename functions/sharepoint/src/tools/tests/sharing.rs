//! Sharing links as arguments.

use stand_ins::graph::{Fault, FaultKind, Id, company_data, shapes};

use super::*;

const LINK: &str = "https://harbourlight.sharepoint.com/:w:/s/Finance/Eabc?e=Key4u";

#[tokio::test]
async fn a_sharing_link_that_cannot_be_followed_is_refused_with_advice() {
    for fault in [None, Some(FaultKind::Forbidden)] {
        let bench = bench().await;
        if let Some(fault) = fault {
            bench.graph.fault(Fault::once(fault).on(Id::ShareDriveItem));
        }

        let error = bench.facts("ann", json!({"target": LINK})).await.unwrap_err();

        assert_eq!(error.code(), "invalid_argument");
        let text = error.to_string();
        assert!(text.contains("in the browser once") && text.contains("by its name"), "{text}");
        assert!(!text.contains("Key4u") && !text.contains("Eabc"));
        let requests = bench.requests();
        assert!(matches!(requests.as_slice(), [one] if one.starts_with("GET /v1.0/shares/u!")));
    }
}

#[tokio::test]
async fn a_sharing_link_confines_a_search_only_where_it_can_be_followed() {
    let bench = bench().await;

    let error = bench.search("ann", json!({"query": "a", "site": LINK})).await.unwrap_err();

    assert_eq!(error.code(), "invalid_argument");
    assert!(error.to_string().contains("sharing link"), "{error}");
}

#[tokio::test]
async fn a_link_of_a_private_onedrive_is_never_asked_for() {
    let bench = bench().await;

    let error = bench.facts("ann", json!({"target": "https://1drv.ms/w/s!A"})).await.unwrap_err();

    assert!(error.to_string().contains("private OneDrive"), "{error}");
    assert!(bench.requests().is_empty());
}

#[tokio::test]
async fn a_sharing_link_leads_to_its_file_for_whoever_may_open_that() {
    let bench = bench().await;
    let world = company_data::harbourlight().unwrap();
    let shared = |name: &str| {
        let item = world.items.iter().find(|item| item.name == name && !item.links.is_empty());
        shapes::link_urls(item.unwrap()).next().unwrap()
    };
    let link = shared("Career plan.docx");

    let facts = bench.facts("ann", json!({"target": link})).await.unwrap();
    let refused = bench.facts("carla", json!({"target": link})).await;

    assert_eq!(facts["structured"]["item"]["title"], "Career plan.docx");
    assert_eq!(facts["structured"]["item"]["label"]["decision"], "redacted", "a link is no leave");
    for key in ["/:w:/", "?e=", "Key4u"] {
        assert!(!facts.to_string().contains(key), "{key} in {facts:#}");
    }
    assert_eq!(code(refused), "invalid_argument");
    let requests = bench.requests();
    assert!(requests[0].starts_with("GET /v1.0/shares/u!"), "{requests:?}");
}
