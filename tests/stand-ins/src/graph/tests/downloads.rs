//! What can go wrong between the redirect and the last byte.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::{Bench, answer, bench};
use crate::graph::{Fault, FaultKind, Id};

/// A file of the company and a fresh address for it.
async fn address(bench: &Bench) -> String {
    let (drive, item) = bench.item("ann", "ChartRoom", "Manuals/Fog%20horn.rtf").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
    got.header("location").to_owned()
}

async fn fetch(
    bench: &Bench,
    url: &str,
    range: &str,
) -> (StatusCode, HeaderMap, reqwest::Result<Bytes>) {
    let mut request = bench.request(Method::GET, "", url);
    if !range.is_empty() {
        request = request.header("range", range);
    }
    let got = answer(request).await.unwrap();
    (got.status(), got.headers().clone(), got.bytes().await)
}

#[tokio::test]
async fn the_download_leg_has_faults_of_its_own() {
    let bench = bench().await;
    let url = address(&bench).await;
    for (kind, status) in [
        (FaultKind::NotFound, 404),
        (FaultKind::Unauthorized, 401),
        (FaultKind::Forbidden, 403),
        (FaultKind::Throttled("1".to_owned()), 429),
        (FaultKind::Unavailable(None), 503),
        (FaultKind::RangeNotSatisfiable, 416),
        (FaultKind::Redirect("https://evil.example/x".to_owned()), 302),
        (FaultKind::Redirect("http://harbourlight.sharepoint.com/x".to_owned()), 302),
    ] {
        bench.graph.fault(Fault::once(kind.clone()).on(Id::Download));
        assert_eq!(fetch(&bench, &url, "").await.0, status, "{kind:?}");
        assert_eq!(fetch(&bench, &url, "").await.0, 200, "{kind:?}: only once");
    }
    bench.graph.fault(Fault::once(FaultKind::Forbidden));
    assert_eq!(fetch(&bench, &url, "").await.0, 200, "a fault for everything is for Graph alone");
}

#[tokio::test]
async fn bytes_can_be_none_fewer_more_cut_or_slow() {
    let bench = bench().await;
    let url = address(&bench).await;
    let whole = fetch(&bench, &url, "").await.2.unwrap();
    for (kind, expected) in [
        (FaultKind::ZeroBytes, 0),
        (FaultKind::ShortBody, whole.len() / 2),
        (FaultKind::LongBody, whole.len() + 4096),
    ] {
        bench.graph.fault(Fault::once(kind.clone()).on(Id::Download));
        let (status, headers, bytes) = fetch(&bench, &url, "").await;
        let bytes = bytes.unwrap();
        assert_eq!((status.as_u16(), bytes.len()), (200, expected), "{kind:?}");
        assert_eq!(headers["content-length"], expected.to_string().as_str());
        let same = whole.len().min(expected);
        assert_eq!(bytes[..same], whole[..same]);
    }
    bench.graph.fault(Fault::once(FaultKind::Truncated).on(Id::Download));
    assert!(fetch(&bench, &url, "").await.2.is_err());
    bench.graph.fault(Fault::once(FaultKind::Trickle(1)).on(Id::Download));
    let (_, headers, bytes) = fetch(&bench, &url, "").await;
    assert!(headers.get("content-length").is_none());
    assert_eq!(bytes.unwrap(), whole);
    bench.graph.fault(Fault::once(FaultKind::Trickle(60_000)).on(Id::Download));
    let request = bench.request(Method::GET, "", &url).timeout(Duration::from_millis(200));
    let late = match answer(request).await {
        Ok(got) => got.bytes().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(late.is_timeout());
}

#[tokio::test]
async fn a_range_can_be_ignored() {
    let bench = bench().await;
    let url = address(&bench).await;
    assert_eq!(fetch(&bench, &url, "bytes=0-4").await.0, 206);
    bench.graph.fault(Fault::once(FaultKind::IgnoreRange).on(Id::Download));
    let (status, _, bytes) = fetch(&bench, &url, "bytes=0-4").await;
    assert_eq!(status, 200);
    assert!(bytes.unwrap().len() > 5);
}

#[tokio::test]
async fn redirects_can_be_a_chain_and_content_can_come_at_once() {
    let bench = bench().await;
    let mut url = address(&bench).await;
    bench.graph.fault(Fault::once(FaultKind::Bounce).on(Id::Download).times(2));
    for _ in 0..2 {
        let (status, headers, _) = fetch(&bench, &url, "").await;
        assert_eq!(status, 302);
        headers["location"].to_str().unwrap().clone_into(&mut url);
    }
    assert_eq!(fetch(&bench, &url, "").await.0, 200);
    let (drive, item) = bench.item("ann", "ChartRoom", "Manuals/Fog%20horn.rtf").await;
    bench.graph.fault(Fault::once(FaultKind::Inline).on(Id::ItemContent));
    let path = format!("/drives/{drive}/items/{item}/content");
    let got = answer(bench.request(Method::GET, "ann", &path)).await.unwrap();
    assert_eq!(got.status(), 200);
    assert!(got.bytes().await.unwrap().starts_with(b"{\\rtf1"));
}

#[tokio::test]
async fn a_test_can_bring_its_own_bytes() {
    let bench = bench().await;
    let add = serde_json::json!({"kind": "bytes", "drive": "Chart room", "path": "Odd/Own.bin", "base64": "AP8A", "label": crate::graph::labels::GENERAL});
    assert_eq!(bench.post("", "/stand-in/items", &add).await.status, 201);
    let (drive, item) = bench.item("ann", "ChartRoom", "Odd/Own.bin").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
    let bytes = fetch(&bench, got.header("location"), "").await.2.unwrap();
    assert_eq!(&bytes[..], b"\x00\xff\x00");
}

#[tokio::test]
async fn downloads_are_remembered_without_their_address() {
    let bench = bench().await;
    let url = address(&bench).await;
    for range in ["bytes=0-4", "bytes=900000-"] {
        fetch(&bench, &url, range).await.2.unwrap();
    }
    let log = bench.get("", "/stand-in/requests").await.body;
    assert_eq!(log["downloads"].as_array().unwrap().len(), 2);
    let first = &log["downloads"][0];
    assert_eq!((&first["range"], &first["status"]), (&"bytes=0-4".into(), &206.into()));
    assert_eq!((&first["query"], &log["downloads"][1]["status"]), (&"".into(), &416.into()));
    assert!(!log["downloads"].to_string().contains("tempauth"));
}
