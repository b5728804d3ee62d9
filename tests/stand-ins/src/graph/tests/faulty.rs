//! Faults.

use base64::Engine as _;
use http::Method;
use serde_json::json;

use super::{answer, bench, send};
use crate::graph::{Fault, FaultKind, Id};

#[tokio::test]
async fn a_fault_hits_its_operation_and_person_as_often_as_was_said() {
    let bench = bench().await;
    let fault =
        json!({"operation": "me", "person": "ann", "times": 2, "fault": {"throttled": "0.5"}});
    assert_eq!(bench.post("", "/stand-in/faults", &fault).await.status, 204);
    assert_eq!(bench.get("bob", "/me").await.status, 200);
    assert_eq!(bench.get("ann", "/me/drive").await.status, 200);
    for _ in 0..2 {
        let got = bench.get("ann", "/me").await;
        assert_eq!((got.status.as_u16(), got.header("retry-after")), (429, "0.5"));
    }
    assert_eq!(bench.get("ann", "/me").await.status, 200);
    assert_eq!(bench.post("", "/stand-in/faults", &json!([{"fault": "hang"}])).await.status, 204);
    assert_eq!(send(bench.request(Method::DELETE, "", "/stand-in/faults")).await.status, 204);
    assert_eq!(bench.get("ann", "/me").await.status, 200);
    assert_eq!(bench.post("", "/stand-in/faults", &json!({"fault": "flood"})).await.status, 400);
}

#[tokio::test]
async fn answers_can_be_replaced() {
    let bench = bench().await;
    for (kind, status, header) in [
        (
            FaultKind::Throttled("Sat, 21 Nov 2026 10:00:00 GMT".to_owned()),
            429,
            ("retry-after", "Sat, 21 Nov 2026 10:00:00 GMT"),
        ),
        (FaultKind::ThrottledSilently, 429, ("retry-after", "")),
        (FaultKind::Unavailable(Some("3".to_owned())), 503, ("retry-after", "3")),
        (FaultKind::GatewayTimeout, 504, ("content-type", "text/html")),
        (FaultKind::Unauthorized, 401, ("location", "")),
        (FaultKind::Forbidden, 403, ("location", "")),
        (
            FaultKind::Redirect("https://evil.example/".to_owned()),
            302,
            ("location", "https://evil.example/"),
        ),
        (FaultKind::LabelLocked("fileDecryptionDeferred".to_owned()), 423, ("location", "")),
        (FaultKind::WrongJson, 200, ("content-type", "application/json")),
    ] {
        bench.graph.fault(Fault::once(kind.clone()));
        let got = bench.get("ann", "/me").await;
        assert_eq!((got.status.as_u16(), got.header(header.0)), (status, header.1), "{kind:?}");
    }
    bench.graph.fault(Fault::once(FaultKind::Resync));
    let got = bench.get("ann", "/me").await;
    assert_eq!((got.status.as_u16(), got.code()), (410, "resyncRequired"));
    assert!(got.header("location").ends_with("token=latest"));
}

#[tokio::test]
async fn a_claims_challenge_is_for_clients_that_declared_it() {
    let bench = bench().await;
    let claims = json!({"access_token": {"nbf": {"essential": true, "value": "1790000000"}}});
    bench.graph.fault(Fault::once(FaultKind::InsufficientClaims(claims.clone())).times(2));
    let got = bench.get("ann+cp1", "/me").await;
    let challenge = got.header("www-authenticate").to_owned();
    assert!(challenge.contains("error=\"insufficient_claims\""));
    let (_, rest) = challenge.split_once("claims=\"").unwrap();
    let sent =
        base64::engine::general_purpose::STANDARD.decode(rest.trim_end_matches('"')).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&sent).unwrap(), claims);
    let plain = bench.get("ann", "/me").await;
    assert_eq!(plain.status, 401);
    assert!(!plain.header("www-authenticate").contains("claims"));
}

#[tokio::test]
async fn bodies_can_break_off_or_never_end_or_never_come() {
    let bench = bench().await;
    bench.graph.fault(Fault::once(FaultKind::Truncated));
    let got = answer(bench.request(Method::GET, "ann", "/me")).await.unwrap();
    assert!(got.bytes().await.is_err());
    bench.graph.fault(Fault::once(FaultKind::Huge));
    let got = answer(bench.request(Method::GET, "ann", "/me")).await.unwrap();
    assert!(got.bytes().await.unwrap().len() > 10 * 1024 * 1024);
    bench.graph.fault(Fault::once(FaultKind::Hang));
    let request =
        bench.request(Method::GET, "ann", "/me").timeout(std::time::Duration::from_millis(200));
    assert!(answer(request).await.unwrap_err().is_timeout());
    bench.graph.fault(Fault::once(FaultKind::Slow(5)));
    assert_eq!(bench.get("ann", "/me").await.status, 200);
}

#[tokio::test]
async fn entities_can_be_odd() {
    let bench = bench().await;
    let drive = bench.drive("bob", "Research").await;
    let path = format!("/drives/{drive}/items/root/children");
    bench.graph.fault(Fault::once(FaultKind::UnknownFields));
    let got = bench.get("bob", &path).await;
    assert_eq!(got.body["value"][0]["newThing"]["deep"], json!([1]));
    assert!(got.body["value"][0]["size"].is_string());
    bench.graph.fault(Fault::once(FaultKind::MissingFields));
    let got = bench.get("bob", &path).await;
    assert_eq!(got.body["value"][0].as_object().unwrap().len(), 1);
    bench.graph.fault(Fault::once(FaultKind::NullFields));
    let got = bench.get("bob", &path).await;
    assert!(got.body["value"][0]["name"].is_null() && got.body["value"][0]["id"].is_string());
    bench.graph.fault(Fault::once(FaultKind::WrongShape));
    assert_eq!(bench.get("bob", &path).await.body["value"], "none");
}

#[tokio::test]
async fn links_can_lead_astray() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let path = format!("/drives/{drive}/root:/Invoices%202026:/children");
    bench.graph.fault(Fault::once(FaultKind::EmptyPage));
    let got = bench.get("ann", &path).await;
    assert_eq!(got.body["value"], json!([]));
    let next = got.body["@odata.nextLink"].as_str().unwrap();
    assert_eq!(bench.get("ann", next).await.body["value"].as_array().unwrap().len(), 200);
    bench.graph.fault(Fault::once(FaultKind::RepeatedNextLink));
    let got = bench.get("ann", &path).await;
    assert_eq!(got.body["@odata.nextLink"], bench.url(&path));
    bench.graph.fault(Fault::once(FaultKind::ForeignNextLink("evil.example".to_owned())));
    let got = bench.get("ann", &path).await;
    assert!(
        got.body["@odata.nextLink"].as_str().unwrap().starts_with("https://evil.example/v1.0/")
    );
}

#[tokio::test]
async fn labels_come_in_each_documented_shape() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget/Budget%202027.xlsx").await;
    let path = format!("/drives/{drive}/items/{item}/extractSensitivityLabels");
    let label = crate::graph::labels::GENERAL;
    for (kind, pointer) in [
        (FaultKind::LabelsInValue, "/value/labels/0/sensitivityLabelId"),
        (FaultKind::LabelsAsArray, "/value/0/sensitivityLabelId"),
    ] {
        bench.graph.fault(Fault::once(kind).on(Id::ItemExtractLabels));
        let got = bench.post("ann", &path, &json!({})).await;
        assert_eq!(got.body.pointer(pointer).unwrap(), label);
    }
    bench.graph.fault(Fault::once(FaultKind::ForeignTenantLabel));
    let got = bench.post("ann", &path, &json!({})).await;
    assert_eq!(got.body["labels"][0]["tenantId"], crate::company::OTHER_TENANT);
}
