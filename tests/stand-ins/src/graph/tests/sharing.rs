//! Permissions, sharing links and shortcuts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Value, json};

use super::{Bench, Got, bench, send};
use crate::graph::{Fault, FaultKind, Id};

#[tokio::test]
async fn permissions_tell_owners_more_than_others() {
    let bench = bench().await;
    let (drive, item) = bench.item("bob", "Research", "For%20partners/Mounting%20guide.docx").await;
    let path = format!("/drives/{drive}/items/{item}/permissions");
    let own = bench.get("bob", &path).await;
    let guest = bench.get("dev", &path).await;
    let people = |got: &super::Got| {
        got.body["value"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["grantedToV2"]["user"].is_object())
            .count()
    };
    assert_eq!((people(&own), people(&guest)), (1, 1));
    assert!(
        own.body["value"].as_array().unwrap().iter().any(|it| it["link"]["webUrl"].is_string())
    );
}

fn link<'a>(got: &'a Got, scope: &str) -> Option<&'a Value> {
    got.body["value"].as_array().unwrap().iter().find(|entry| entry["link"]["scope"] == scope)
}

async fn permissions(bench: &Bench, who: &str, path: &str) -> Got {
    let (drive, item) = bench.item("bob", "ChartRoom", path).await;
    bench.get(who, &format!("/drives/{drive}/items/{item}/permissions")).await
}

#[tokio::test]
async fn links_have_a_scope_and_an_address_that_only_the_owner_is_told() {
    let bench = bench().await;
    let path = "Shared/Open%20chart.docx";
    let own = permissions(&bench, "bob", path).await;
    for (scope, people) in [("anonymous", 0), ("organization", 0), ("users", 1)] {
        let entry = link(&own, scope).unwrap();
        assert!(entry["link"]["webUrl"].as_str().unwrap().contains("?e="), "{entry}");
        assert_eq!(entry["grantedToIdentitiesV2"].as_array().unwrap().len(), people, "{scope}");
    }
    assert_eq!(link(&own, "anonymous").unwrap()["expirationDateTime"], "2027-01-31T00:00:00Z");
    let other = permissions(&bench, "ann", path).await;
    assert!(link(&other, "organization").is_some() && link(&other, "users").is_none());
    assert!(!other.body.to_string().contains("?e=") && !other.body.to_string().contains("shareId"));
    let guest = permissions(&bench, "dev", path).await;
    assert!(link(&guest, "users").is_some() && link(&guest, "organization").is_none());
    assert!(own.body["value"].as_array().unwrap().iter().all(|it| it["inheritedFrom"].is_null()));
}

#[tokio::test]
async fn inherited_permissions_name_the_folder_above() {
    let bench = bench().await;
    let got = permissions(&bench, "bob", "Labels/Agreed.docx").await;
    let entry = &got.body["value"][0];
    assert_eq!(entry["grantedToV2"]["siteGroup"]["displayName"], "Watch Members");
    assert!(entry["inheritedFrom"]["path"].as_str().unwrap().ends_with("/root:/Labels"));
}

async fn share(bench: &Bench, who: &str, url: &str) -> Got {
    bench.get(who, &format!("/shares/u!{}/driveItem", URL_SAFE_NO_PAD.encode(url))).await
}

#[tokio::test]
async fn an_address_or_a_sharing_link_leads_to_its_item() {
    let bench = bench().await;
    let (drive, item) = bench.item("bob", "ChartRoom", "Shared/Open%20chart.docx").await;
    let got = bench.get("bob", &format!("/drives/{drive}/items/{item}")).await;
    let office = got.body["webUrl"].as_str().unwrap().to_owned();
    let own = permissions(&bench, "bob", "Shared/Open%20chart.docx").await;
    let secret = link(&own, "anonymous").unwrap()["link"]["webUrl"].as_str().unwrap().to_owned();
    let plain = "https://harbourlight.sharepoint.com/sites/ChartRoom/Shared%20Documents/Shared/Open%20chart.docx";
    for url in [plain, &office, &secret] {
        let got = share(&bench, "ann", url).await;
        assert_eq!((got.status.as_u16(), &got.body["id"]), (200, &json!(item)), "{url}");
    }
    assert_eq!(share(&bench, "ann:Files.Read", plain).await.status, 403);
    assert_eq!(share(&bench, "ann:Files.ReadWrite.All", plain).await.status, 200);
    assert_eq!(share(&bench, "carla", &secret).await.status, 403, "she never used the link");
    assert_eq!(share(&bench, "carla", plain).await.status, 404);
    assert_eq!(bench.get("ann", "/shares/u!%3D%3D/driveItem").await.status, 400);
    bench.graph.fault(Fault::once(FaultKind::Forbidden).on(Id::ShareDriveItem));
    assert_eq!(share(&bench, "ann", plain).await.status, 403);
}

#[tokio::test]
async fn redeeming_a_link_is_a_violation() {
    let bench = bench().await;
    for prefer in ["redeemSharingLink", "redeemSharingLinkIfNecessary"] {
        let request = bench.request(Method::GET, "ann", "/shares/u!aHR0cHM6Ly94/driveItem");
        assert_eq!(send(request.header("Prefer", prefer)).await.status, 400);
    }
    let rules: Vec<_> =
        bench.graph.log().violations.iter().map(|violation| violation.rule.clone()).collect();
    assert_eq!(rules, ["redeem-sharing-link", "redeem-sharing-link"]);
}

#[tokio::test]
async fn a_shortcut_names_a_file_that_is_elsewhere_and_perhaps_not_yours() {
    let bench = bench().await;
    for (name, target, allowed) in [
        ("Odd/Journeys.docx", "Travel policy.docx", true),
        ("Odd/Endurance.docx", "LED endurance test.docx", false),
    ] {
        let (drive, item) = bench.item("ann", "ChartRoom", name).await;
        let path = format!("/drives/{drive}/items/{item}");
        let got = bench.get("ann", &path).await;
        let remote = &got.body["remoteItem"];
        assert!(got.body.get("file").is_none() && remote["file"]["mimeType"].is_string(), "{name}");
        assert_eq!(remote["name"], target);
        assert!(remote["size"].as_u64().unwrap() > 0);
        let there = remote["parentReference"]["driveId"].as_str().unwrap();
        assert_ne!(there, drive);
        let path = format!("/drives/{there}/items/{}", remote["id"].as_str().unwrap());
        assert_eq!(bench.get("ann", &path).await.status.is_success(), allowed, "{name}");
        assert_eq!(bench.get("bob", &path).await.status, 200, "{name}");
        let content = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
        assert_eq!(content.status, 404);
    }
}
