//! Query options.

use serde_json::json;

use super::bench;

#[tokio::test]
async fn select_leaves_only_what_was_named() {
    let bench = bench().await;
    let (drive, item) = bench.item("ann", "Finance", "Budget/Budget%202027.xlsx").await;
    let path = format!("/drives/{drive}/items/{item}");
    let whole = bench.get("ann", &path).await;
    assert!(whole.body["@microsoft.graph.downloadUrl"].is_string());
    assert!(whole.body.get("sharepointIds").is_none());
    let got = bench.get("ann", &format!("{path}?$select=id,name,sharepointIds")).await;
    let mut keys: Vec<&str> = got.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["@odata.context", "id", "name", "sharepointIds"]);
}

#[tokio::test]
async fn one_call_labels_a_whole_folder() {
    let bench = bench().await;
    let (drive, folder) = bench.item("ann", "Finance", "Budget").await;
    let path = format!(
        "/drives/{drive}/items/{folder}/children?$select=id,name&$expand=listItem($expand=fields($select=_IpLabelId))"
    );
    let got = bench.get("ann", &path).await;
    let find = |name: &str| {
        let items = got.body["value"].as_array().unwrap();
        items.iter().find(|item| item["name"] == name).unwrap()["listItem"]["fields"].clone()
    };
    assert_eq!(find("Budget 2027.xlsx"), json!({"_IpLabelId": crate::graph::labels::GENERAL}));
    assert_eq!(find("Unlabelled budget.docx"), json!({}));
    let bare = bench
        .get("ann", &format!("/drives/{drive}/items/{folder}/children?$expand=listItem"))
        .await;
    assert!(bare.body["value"][0]["listItem"].get("fields").is_none());
}

#[tokio::test]
async fn unknown_options_and_properties_are_refused_in_the_words_of_graph() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let children = format!("/drives/{drive}/items/root/children");
    let unknown = "Could not find a property named 'colour' on type 'microsoft.graph.driveItem'.";
    for (query, part) in [
        ("$select=id,colour", unknown),
        ("$expand=colour", unknown),
        ("$expand=name", "is not a navigation property"),
        ("$expand=listItem($expand=fields($select=a)", "Syntax error"),
        ("$expand=listItem($top=1)", "Syntax error"),
        ("$select=", "Term '' is not valid"),
        ("$orderby=colour", unknown),
        ("$orderby=name up", "Syntax error"),
        ("$orderby=eTag", "Order by is not supported"),
        ("$top=0", "Invalid value '0' for $top"),
        ("$top=-1", "Invalid value '-1' for $top"),
        ("$top=ten", "Invalid value 'ten' for $top"),
        ("$top=1&$top=2", "specified more than once"),
        ("$search=x", "Query option '$search' is not allowed"),
        ("$count=true", "Query option '$count' is not allowed"),
        ("$skip=1", "Query option '$skip' is not allowed"),
        ("$skiptoken=zzz", "Invalid skip token"),
        ("$filter=colour eq 1", unknown),
        ("$filter=name is 'x'", "Syntax error"),
    ] {
        let got = bench.get("ann", &format!("{children}?{query}")).await;
        assert_eq!(got.status, 400, "{query}");
        assert!(got.message().contains(part), "{query}: {}", got.message());
    }
    assert_eq!(bench.get("ann", "/sites?$search=x").await.status, 400);
    assert_eq!(bench.get("ann", &format!("{children}?colour=red")).await.status, 200);
    assert_eq!(bench.graph.log().violations[0].rule, "unknown-query-option");
}

#[tokio::test]
async fn a_long_folder_comes_in_pages_that_lead_to_the_end() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let mut next = format!(
        "/drives/{drive}/root:/Invoices%202026:/children?$select=name&$top=100&$orderby=name desc"
    );
    let mut names = Vec::new();
    let mut pages = 0;
    loop {
        let got = bench.get("ann", &next).await;
        assert_eq!(got.status, 200, "{}", got.body);
        names.extend(got.names().into_iter().map(str::to_owned));
        pages += 1;
        match got.body["@odata.nextLink"].as_str() {
            Some(link) => {
                assert!(link.starts_with(&bench.graph.base_url()) && link.contains("$skiptoken="));
                next = link.to_owned();
            }
            None => break,
        }
    }
    assert_eq!((pages, names.len()), (3, 230));
    assert_eq!(
        (names[0].as_str(), names[229].as_str()),
        ("INV-2026-0230.txt", "INV-2026-0001.txt")
    );
    let one = bench.get("ann", &format!("/drives/{drive}/root:/Invoices%202026:/children")).await;
    assert_eq!(one.body["value"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn children_can_be_filtered_and_ordered() {
    let bench = bench().await;
    let drive = bench.drive("ann", "Finance").await;
    let path = format!("/drives/{drive}/root:/Budget:");
    let got = bench
        .get("ann", &format!("{path}/children?$orderby=lastModifiedDateTime desc&$top=1"))
        .await;
    assert_eq!(got.names(), ["Stale label.docx"]);
    let (drive, folder) = bench.item("ann", "Finance", "Budget").await;
    let got = bench.get("ann", &format!("/drives/{drive}/items/{folder}/children?$filter=startswith(name,'S') and name ne 'Salary bands.xlsx'")).await;
    assert_eq!(got.names(), ["Stale label.docx"]);
}

#[tokio::test]
async fn links_and_downloads_start_with_the_public_base() {
    let own = bench().await;
    let options = crate::graph::GraphOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        verify: std::sync::Arc::new(super::verify),
        public_base: Some("http://graph.example:81/v1.0/".to_owned()),
    };
    let public = crate::graph::Graph::start(options).await.unwrap();
    assert_eq!(public.base_url(), "http://graph.example:81/v1.0");
    let drive = own.drive("ann", "Finance").await;
    let path = format!("/drives/{drive}/root:/Invoices%202026:/children?$top=1");
    let got = own.get("ann", &format!("http://{}/v1.0{path}", public.address())).await;
    let next = got.body["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with("http://graph.example:81/v1.0/drives/b!"), "{next}");
    let download = got.body["value"][0]["@microsoft.graph.downloadUrl"].as_str().unwrap();
    assert!(download.starts_with("http://graph.example:81/_layouts/"), "{download}");
}
