//! Names, bytes, versions, labels, changes.

use http::Method;
use serde_json::json;

use super::{answer, bench, send};
use crate::company::{OTHER_TENANT, TENANT};
use crate::graph::labels;

#[tokio::test]
async fn odd_names_are_reached_by_path() {
    let bench = bench().await;
    let name = "100% O'Neill & Søn #7.docx";
    let path = "Budget/100%25%20O'Neill%20%26%20S%C3%B8n%20%237.docx";
    let (drive, item) = bench.item("ann", "Finance", path).await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}")).await;
    assert_eq!(got.body["name"], name);
    assert_eq!(got.body["parentReference"]["path"], format!("/drives/{drive}/root:/Budget"));
    assert!(got.body["webUrl"].as_str().unwrap().contains("100%25%20O'Neill%20%26%20"));
    let emoji = "Policies/%E8%AA%AD%E3%81%BF%E3%82%84%E3%81%99%E3%81%84%E8%A6%8F%E7%A8%8B%20%F0%9F%93%84.docx";
    bench.item("bob", "Intranet", emoji).await;
}

#[tokio::test]
async fn content_is_a_redirect_to_bytes_that_need_no_bearer() {
    let bench = bench().await;
    let (drive, item) =
        bench.item("bob", "Research", "Protocols/Salt%20spray%20%3Craw%3E.csv").await;
    let got = bench.get("bob", &format!("/drives/{drive}/items/{item}/content")).await;
    assert_eq!(got.status, 302);
    let url = got.header("location").to_owned();
    assert!(!url.contains("/v1.0"));
    let whole = answer(bench.request(Method::GET, "", &url)).await.unwrap();
    assert_eq!(whole.headers()["content-type"], "text/csv");
    assert_eq!(whole.text().await.unwrap(), "hour,lux\n0,900\n24,896\n48,890");
    for (range, status, content_range, text) in [
        ("bytes=0-3", 206, "bytes 0-3/28", "hour"),
        ("bytes=25-", 206, "bytes 25-27/28", "890"),
        ("bytes=-3", 206, "bytes 25-27/28", "890"),
        ("bytes=99-", 416, "bytes */28", ""),
    ] {
        let part =
            answer(bench.request(Method::GET, "", &url).header("Range", range)).await.unwrap();
        assert_eq!(part.status(), status, "{range}");
        assert_eq!(part.headers()["content-range"], content_range);
        assert_eq!(part.text().await.unwrap(), text);
    }
}

#[tokio::test]
async fn a_download_address_runs_out_cannot_be_bent_and_refuses_a_bearer() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Intranet", "Empty.txt").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content")).await;
    let url = got.header("location").to_owned();
    let empty = answer(bench.request(Method::GET, "", &url)).await.unwrap();
    assert_eq!((empty.status().as_u16(), empty.bytes().await.unwrap().len()), (200, 0));
    assert_eq!(bench.get("", &url.replace("tempauth=v1.", "tempauth=v1.0")).await.status, 401);
    assert_eq!(bench.get("ann", &url).await.status, 401);
    assert_eq!(bench.graph.log().violations[0].rule, "bearer-on-download");
    bench.graph.advance(3601);
    assert_eq!(bench.get("", &url).await.status, 401);
}

#[tokio::test]
async fn office_files_are_packages_that_carry_their_label() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget/Stale%20label.docx").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}")).await;
    let url = got.body["@microsoft.graph.downloadUrl"].as_str().unwrap();
    let bytes = answer(bench.request(Method::GET, "", url)).await.unwrap().bytes().await.unwrap();
    assert_eq!(got.body["size"], bytes.len());
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let text = std::io::read_to_string(zip.by_name("word/document.xml").unwrap()).unwrap();
    assert!(text.contains("Merger budget"));
    let label = std::io::read_to_string(zip.by_name("docMetadata/LabelInfo.xml").unwrap()).unwrap();
    assert!(label.contains(labels::CONFIDENTIAL) && label.contains(TENANT));
}

#[tokio::test]
async fn what_is_no_plain_file_has_no_content() {
    let bench = bench().await;
    for (who, site, path, status) in [
        ("ann", "Finance", "Budget", 404),
        ("bob", "Research", "Lab%20notebook", 400),
        ("ann", "Finance", "Partners/Invoice_scan.exe", 403),
    ] {
        let (drive, item) = bench.item(who, site, path).await;
        let got = bench.get(who, &format!("/drives/{drive}/items/{item}")).await;
        assert!(got.body.get("@microsoft.graph.downloadUrl").is_none(), "{path}");
        let got = bench.get(who, &format!("/drives/{drive}/items/{item}/content")).await;
        assert_eq!(got.status, status, "{path}");
    }
    let (drive, item) = bench.item("ann", "Finance", "Budget/Budget%202027.xlsx").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{item}/content?format=pdf")).await;
    assert_eq!(got.status, 406);
}

#[tokio::test]
async fn old_versions_have_their_own_bytes_and_the_current_one_is_not_a_version() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget/Forecast%20Q4.docx").await;
    let path = format!("/drives/{drive}/items/{item}/versions");
    let got = bench.get("ann", &path).await;
    let ids: Vec<_> =
        got.body["value"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, ["3.0", "2.0", "1.0"]);
    let got = bench.get("ann", &format!("{path}/1.0/content")).await;
    assert_eq!(got.status, 302);
    assert_eq!(bench.get("ann", &format!("{path}/3.0/content")).await.status, 400);
    assert_eq!(bench.get("ann", &format!("{path}/4.0/content")).await.status, 404);
}

#[tokio::test]
async fn labels_are_read_from_the_file_and_not_from_the_column() {
    let bench = bench().await;
    for (path, expected) in [
        (
            "Budget/Stale%20label.docx",
            json!([{"sensitivityLabelId": labels::CONFIDENTIAL, "assignmentMethod": "standard", "tenantId": TENANT}]),
        ),
        ("Budget/Unlabelled%20budget.docx", json!([])),
        (
            "Partners/Partner%20offer.docx",
            json!([{"sensitivityLabelId": labels::GENERAL, "assignmentMethod": "standard", "tenantId": OTHER_TENANT}]),
        ),
    ] {
        let (drive, item) = bench.item("ann", "Finance", path).await;
        let got = bench
            .post(
                "ann",
                &format!("/drives/{drive}/items/{item}/extractSensitivityLabels"),
                &json!({}),
            )
            .await;
        assert_eq!(got.body["labels"], expected, "{path}");
    }
    let (drive, item) = bench.item("ann", "Finance", "Budget/Acquisition%20(encrypted).docx").await;
    let request = bench.request(
        Method::POST,
        "ann",
        &format!("/drives/{drive}/items/{item}/extractSensitivityLabels"),
    );
    let got = send(request).await;
    assert_eq!((got.status.as_u16(), got.code()), (423, "fileDoubleKeyEncrypted"));
}

#[tokio::test]
async fn the_catalogue_nests_labels_below_labels() {
    let bench = bench().await;
    for path in [
        "/security/dataSecurityAndGovernance/sensitivityLabels",
        "/me/dataSecurityAndGovernance/sensitivityLabels",
    ] {
        let got = bench.get("ann", &format!("{path}?$expand=sublabels")).await;
        assert_eq!(got.names(), ["Public", "General", "Confidential", "Highly Confidential"]);
        assert_eq!(got.body["value"][3]["sublabels"][0]["name"], "Board only");
    }
}

#[tokio::test]
async fn drive_search_wants_apostrophes_doubled() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let got = bench
        .get(
            "ann",
            &format!("/drives/{drive}/root/search(q='O''Neill')?$select=name,parentReference"),
        )
        .await;
    assert_eq!(got.names(), ["100% O'Neill & Søn #7.docx"]);
    assert!(got.body["value"][0]["parentReference"].get("path").is_none());
    assert_eq!(
        bench.get("ann", &format!("/drives/{drive}/root/search(q='O'Neill')")).await.status,
        400
    );
    assert_eq!(
        bench.get("ann", &format!("/drives/{drive}/root/search(q=budget)")).await.status,
        400
    );
}
