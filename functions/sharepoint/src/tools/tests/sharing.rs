//! Sharing links as arguments.

use stand_ins::graph::{Fault, FaultKind, Id};

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
