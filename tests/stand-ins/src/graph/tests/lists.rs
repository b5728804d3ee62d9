//! Lists and pages.

use http::Method;

use super::{bench, send};

#[tokio::test]
async fn rows_come_with_the_columns_that_were_asked_for() {
    let bench = bench().await;
    let site = bench.site("ann", "Finance").await;
    let path = format!("/sites/{site}/lists/Suppliers");
    let got = bench
        .get("ann", &format!("{path}/items?$expand=fields($select=Title,Spend_x0020_2026)&$top=2"))
        .await;
    let rows = got.body["value"].as_array().unwrap();
    assert_eq!(
        rows[0]["fields"],
        serde_json::json!({"Title": "Bergen Glass AS", "Spend_x0020_2026": 120_000})
    );
    assert!(got.body["@odata.nextLink"].is_string());
    let bare = bench.get("ann", &format!("{path}/items")).await;
    assert!(bare.body["value"][0].get("fields").is_none());
    let columns = bench.get("ann", &format!("{path}/columns?$select=name,displayName")).await;
    assert!(columns.names().contains(&"Spend_x0020_2026"));
    let one = bench.get("ann", &format!("{path}/items/2?$expand=fields")).await;
    assert_eq!(one.body["fields"]["Title"], "O'Hara & Sons");
    assert_eq!(bench.get("ann", &format!("{path}/items/99")).await.status, 404);
    let whole = bench
        .get(
            "ann",
            &format!("{path}?$expand=columns($select=name),items($expand=fields($select=Title))"),
        )
        .await;
    assert_eq!(whole.body["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn filters_on_columns_without_an_index_need_consent() {
    let bench = bench().await;
    let site = bench.site("ann", "Finance").await;
    let items = format!("/sites/{site}/lists/Suppliers/items?$expand=fields($select=Title)");
    let indexed = bench.get("ann", &format!("{items}&$filter=fields/Country eq 'NO'")).await;
    assert_eq!(indexed.body["value"].as_array().unwrap().len(), 1);
    let quoted =
        bench.get("ann", &format!("{items}&$filter=fields/Title eq 'O''Hara %26 Sons'")).await;
    assert_eq!(quoted.body["value"][0]["id"], "2");
    let path =
        format!("{items}&$filter=fields/Spend_x0020_2026 gt 60000&$orderby=fields/Title desc");
    assert_eq!(bench.get("ann", &path).await.status, 400);
    let prefer = "HonorNonIndexedQueriesWarningMayFailRandomly";
    let got = send(bench.request(Method::GET, "ann", &path).header("Prefer", prefer)).await;
    let titles: Vec<_> = got.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["fields"]["Title"].clone())
        .collect();
    assert_eq!(titles, ["灯台工業株式会社", "Lumen GmbH", "Bergen Glass AS"]);
    let unknown = bench.get("ann", &format!("{items}&$filter=fields/Colour eq 'red'")).await;
    assert_eq!(unknown.message(), "Field 'Colour' is not recognized");
    let log = bench.graph.log();
    assert!(log.requests.iter().any(|it| it.prefer.as_deref() == Some(prefer)));
}

#[tokio::test]
async fn a_list_tells_what_changed() {
    let bench = bench().await;
    let site = bench.site("ann", "Finance").await;
    let path = format!("/sites/{site}/lists/Suppliers/items/delta");
    let latest = bench.get("ann", &format!("{path}?token=latest")).await;
    let link = latest.body["@odata.deltaLink"].as_str().unwrap();
    let row = serde_json::json!({"kind": "row", "site": "Finance", "list": "Suppliers", "fields": {"Title": "New Glass"}});
    assert_eq!(bench.post("", "/stand-in/items", &row).await.status, 201);
    assert_eq!(bench.get("ann", link).await.body["value"][0]["id"], "6");
}

#[tokio::test]
async fn pages_have_text_in_columns_and_beside_them() {
    let bench = bench().await;
    let site = bench.site("bob", "Intranet").await;
    let path = format!("/sites/{site}/pages");
    let got = bench
        .get("bob", &format!("{path}/microsoft.graph.sitePage?$orderby=lastModifiedDateTime desc"))
        .await;
    assert_eq!(got.names(), ["Office-move.aspx", "Summer-party.aspx"]);
    let id = got.body["value"][0]["id"].as_str().unwrap();
    let page = format!("{path}/{id}/microsoft.graph.sitePage");
    assert!(bench.get("bob", &page).await.body.get("canvasLayout").is_none());
    let got = bench.get("bob", &format!("{page}?$expand=canvasLayout")).await;
    let columns = &got.body["canvasLayout"]["horizontalSections"][0]["columns"];
    assert!(columns[0]["webparts"][0]["innerHtml"].as_str().unwrap().contains("12 December 2026"));
    assert!(got.body["canvasLayout"]["verticalSection"]["webparts"].is_array());
}

#[tokio::test]
async fn a_page_has_sections_columns_parts_and_something_beside_them() {
    let bench = bench().await;
    let site = bench.site("ann", "ChartRoom").await;
    let path = format!("/sites/{site}/pages");
    let got = bench.get("ann", &format!("{path}/microsoft.graph.sitePage?$select=id,name")).await;
    assert_eq!(got.names(), ["Watch-rota.aspx", "Empty-shell.aspx"]);
    let id = got.body["value"][0]["id"].as_str().unwrap();
    let page = format!("{path}/{id}/microsoft.graph.sitePage?$expand=canvasLayout");
    let canvas = bench.get("ann", &page).await.body["canvasLayout"].clone();
    let layouts: Vec<_> = canvas["horizontalSections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|section| section["layout"].as_str().unwrap())
        .collect();
    assert_eq!(layouts, ["oneColumn", "twoColumns", "threeColumns"]);
    let columns = &canvas["horizontalSections"][1]["columns"];
    let links = &columns[0]["webparts"][1]["data"]["serverProcessedContent"];
    assert_eq!(links["searchablePlainTexts"][1]["value"], "Ice report");
    assert_eq!(links["links"][0]["key"], "items[0].url");
    assert!(links["imageSources"][0]["value"].as_str().unwrap().ends_with("icon.png"));
    let odd = &columns[1]["webparts"][0];
    assert_eq!(odd["@odata.type"], "#oneDrive.textWebPart");
    assert!(odd["innerHtml"].as_str().unwrap().contains("display:none"));
    let beside = &canvas["verticalSection"]["webparts"];
    assert_eq!(beside[1]["innerHtml"], "<p>Beside the columns: ring twice.</p>");
    let search = serde_json::json!({"requests": [{"entityTypes": ["listItem"], "query": {"queryString": "Oilskins"}}]});
    let found = bench.post("ann", "/search/query", &search).await;
    assert_eq!(found.body["value"][0]["hitsContainers"][0]["total"], 1);
}

#[tokio::test]
async fn columns_of_every_kind_have_a_facet_and_two_names() {
    let bench = bench().await;
    let site = bench.site("ann", "ChartRoom").await;
    let path = format!("/sites/{site}/lists/Checks of the lights/columns");
    let got = bench.get("ann", &path).await;
    let column = |title: &str| {
        let all = got.body["value"].as_array().unwrap();
        all.iter().find(|column| column["displayName"] == title).unwrap().clone()
    };
    for (title, name, facet) in [
        ("Title", "Title", "text"),
        ("State", "State", "choice"),
        ("Due Date", "Due_x0020_Date", "dateTime"),
        ("Hours spent", "Hours_x0020_spent", "number"),
        ("Night?", "Night_x003f_", "boolean"),
        ("Keeper", "Keeper", "personOrGroup"),
        ("Station", "Station", "lookup"),
        ("Report", "Report", "hyperlinkOrPicture"),
        ("Overdue by", "Overdue_x0020_by", "calculated"),
        ("Remarks", "Body0", "text"),
    ] {
        let column = column(title);
        assert_eq!(column["name"], name);
        assert!(column[facet].is_object(), "{column}");
    }
    assert_eq!(column("Gear")["choice"]["displayAs"], "checkBoxes");
    assert_eq!(column("Remarks")["text"]["allowMultipleLines"], true);
    assert_eq!(
        (&column("Version")["hidden"], &column("Created")["readOnly"]),
        (&true.into(), &true.into())
    );
    let stations = bench.get("ann", &format!("/sites/{site}/lists/Stations")).await;
    assert_eq!(column("Station")["lookup"]["listId"], stations.body["id"]);
}

#[tokio::test]
async fn sixty_rows_come_in_pages_and_in_order() {
    let bench = bench().await;
    let site = bench.site("ann", "ChartRoom").await;
    let mut next = format!(
        "/sites/{site}/lists/Checks of the lights/items?$expand=fields($select=Title,Due_x0020_Date)&$orderby=fields/Due_x0020_Date desc&$top=25"
    );
    let mut dates = Vec::new();
    let mut pages = 0;
    loop {
        let got = bench.get("ann", &next).await;
        let rows = got.body["value"].as_array().unwrap();
        dates
            .extend(rows.iter().map(|row| {
                row["fields"]["Due_x0020_Date"].as_str().unwrap_or_default().to_owned()
            }));
        pages += 1;
        match got.body["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!((dates.len(), pages), (60, 3));
    assert!(dates.windows(2).all(|pair| pair[0] >= pair[1]), "empty ones come last");
}

#[tokio::test]
async fn people_and_lookups_tell_their_name_only_when_it_is_selected() {
    let bench = bench().await;
    let site = bench.site("ann", "ChartRoom").await;
    let items = format!("/sites/{site}/lists/Checks of the lights/items");
    let whole = bench.get("ann", &format!("{items}/7?$expand=fields")).await;
    let fields = &whole.body["fields"];
    assert_eq!(
        (&fields["KeeperLookupId"], &fields["StationLookupId"]),
        (&"12".into(), &"4".into())
    );
    assert!(fields.get("Keeper").is_none() && fields.get("Station").is_none());
    assert_eq!(fields["Gear"], serde_json::json!(["Paint", "Grease"]));
    let named =
        bench.get("ann", &format!("{items}/7?$expand=fields($select=Keeper,Station,Report)")).await;
    assert_eq!(
        named.body["fields"],
        serde_json::json!({"Keeper": "Bob Castro", "Station": "Fairway", "Report": {"Description": "Report 7", "Url": "https://reports.example/7?y=2026&x=1"}})
    );
}

#[tokio::test]
async fn only_indexed_columns_filter_and_order_without_consent() {
    let bench = bench().await;
    let site = bench.site("ann", "ChartRoom").await;
    let items =
        format!("/sites/{site}/lists/Checks of the lights/items?$expand=fields($select=Title)");
    for (option, status, consented) in [
        ("$filter=fields/State eq 'Done'", 200, 200),
        ("$filter=fields/StationLookupId eq '4'", 200, 200),
        ("$filter=fields/Hours_x0020_spent gt 2", 400, 200),
        ("$orderby=fields/Hours_x0020_spent", 400, 200),
        ("$filter=fields/Keeper eq 'Ann Berg'", 400, 200),
        ("$filter=fields/Due_x0020_Date ge '2026-12-01' and fields/State ne 'Done'", 200, 200),
        ("$filter=fields/Due Date eq '2026-12-01'", 400, 400),
        ("$orderby=fields/DueDate", 400, 400),
    ] {
        let path = format!("{items}&{option}");
        assert_eq!(bench.get("ann", &path).await.status, status, "{option}");
        let prefer = "HonorNonIndexedQueriesWarningMayFailRandomly";
        let got = send(bench.request(Method::GET, "ann", &path).header("Prefer", prefer)).await;
        assert_eq!(got.status, consented, "{option}");
        if got.status == 200 {
            let rows = got.body["value"].as_array().unwrap().len();
            assert!(rows > 5 && (rows < 60 || option.starts_with("$orderby")), "{option}: {rows}");
        }
    }
}
