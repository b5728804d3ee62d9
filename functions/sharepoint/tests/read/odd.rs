//! What has no text to show: each says what it is and what can be done.

use super::*;

#[tokio::test]
async fn what_cannot_be_read_says_why_beside_its_facts() {
    let bench = bench().await;
    for (path, word, fetched) in [
        ("Odd/Nothing.docx", "is empty", 0),
        ("Odd/Infected.docx", "malware", 0),
        ("Odd/Watch%20notebook", "OneNote", 0),
        ("Measurements/Mooring%20sketch.png", "(image)", 1),
    ] {
        let before = bench.count("item_content");
        let read = bench.file(path).await;
        assert!(notes(&read).contains(word), "{path}: {read:#}");
        assert_eq!(passages(&read).len(), 0, "{path}");
        assert!(read["structured"]["item"]["ref"].as_str().is_some(), "{path}");
        assert_eq!(bench.count("item_content") - before, fetched, "{path}");
    }
}

#[tokio::test]
async fn a_place_is_not_a_text() {
    let bench = bench().await;
    let site = "https://harbourlight.sharepoint.com/sites/ChartRoom";
    for (target, word) in [
        (site.to_owned(), "sharepoint_browse"),
        (ROOM.to_owned(), "sharepoint_browse"),
        (format!("{ROOM}/Labels"), "sharepoint_browse"),
        (format!("{site}/Lists/Stations/AllItems.aspx"), "sharepoint_list_rows"),
    ] {
        let error = bench.read(json!({"target": target})).await.unwrap_err();
        assert_eq!(error.code(), "invalid_argument", "{target}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_folder_under_the_name_of_a_file_is_a_folder() {
    let bench = bench().await;
    let found = bench.read(json!({"target": format!("{ROOM}/Labels/Agreed.docx")})).await.unwrap();
    let file = found["structured"]["item"]["ref"].as_str().unwrap();
    let drive = file.strip_prefix("sp:file:").unwrap().split_once('/').unwrap().0;

    let error = bench.read(json!({"target": format!("sp:file:{drive}/root")})).await.unwrap_err();

    assert_eq!(error.code(), "invalid_argument");
}
