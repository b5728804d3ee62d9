//! Parts and cursors.

use super::*;

/// The text of an answer without its marks.
fn plain(answer: &Value) -> String {
    let texts = passages(answer).iter().map(|passage| passage["text"].as_str().unwrap());
    texts.map(|text| text.trim_start_matches("⟦untrusted text:").trim_end_matches('⟧')).collect()
}

#[tokio::test]
async fn a_long_text_goes_on_where_it_ended_and_is_judged_each_time() {
    let bench = bench_with(&open_policy()).await;
    let lines: Vec<String> = (1..40).map(|at| format!("Line {at} of the log.")).collect();
    bench.add_text("Long.txt", &lines.join("\n"));
    let target = format!("{FINANCE}/Budget/Long.txt");
    let whole = plain(&bench.read(json!({"target": target})).await.unwrap());
    let mut together = String::new();
    let mut cursor = Value::Null;
    let mut parts = 0;
    loop {
        let read = bench
            .read(json!({"target": target, "max_chars": 100, "cursor": cursor}))
            .await
            .unwrap();
        parts += 1;
        // Line ends are not counted.
        assert!(plain(&read).chars().filter(|c| !c.is_whitespace()).count() <= 100);
        together.push_str(&plain(&read));
        cursor = read["structured"]["next_cursor"].clone();
        assert_eq!(read["structured"]["truncated"], !cursor.is_null());
        if cursor.is_null() || parts > 20 {
            break;
        }
        assert!(text(&read).contains("next_cursor"));
    }
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(squeezed(&together), squeezed(&whole));
    assert!(parts > 2);
    // Facts, label and bytes are asked for anew for every part.
    assert_eq!(bench.count("item_get"), parts + 1);
    assert_eq!(bench.count("item_content"), parts + 1);
}

#[tokio::test]
async fn arguments_that_cannot_be_used_cost_no_request() {
    let bench = bench().await;
    for args in [
        json!({"target": "sp:file:a/b", "part": "outline", "range": "3"}),
        json!({"target": "sp:file:a/b", "version": "../x"}),
        json!({"target": "sp:file:a/b", "cursor": "made up"}),
        json!({"target": "somewhere"}),
    ] {
        assert!(bench.read(args.clone()).await.is_err(), "{args}");
    }
    assert!(bench.graph.log().requests.is_empty());
}

#[tokio::test]
async fn every_answer_keeps_its_schema() {
    let bench = bench().await;
    let tools = platform::surface::<SharePoint>();
    let tool = tools.iter().find(|tool| tool.name == "sharepoint_read").unwrap();
    let schema = serde_json::to_value(tool.output_schema.as_ref().unwrap()).unwrap();
    let known = schema["properties"].as_object().unwrap();
    for path in ["Measurements/beacon.py", "Labels/Withheld.docx", "Odd/Nothing.docx"] {
        let read = bench.file(path).await;
        let structured = read["structured"].as_object().unwrap();
        assert!(structured.keys().all(|name| known.contains_key(name)), "{structured:?}");
        for name in schema["required"].as_array().unwrap() {
            assert!(structured.contains_key(name.as_str().unwrap()), "{name}");
        }
    }
}

#[tokio::test]
async fn every_kind_of_file_names_its_places() {
    let bench = bench().await;
    for (path, args, place, word) in [
        ("Manuals/Signal%20book.pdf", json!({"range": "3"}), "page 3", ""),
        ("Manuals/Keeper%20training.pptx", json!({"range": "2"}), "slide 2", ""),
        ("Manuals/Tide%20tables%202027.xlsx", json!({"range": "A1:C3"}), "sheet '", "A1:C3"),
    ] {
        let mut all = json!({"target": format!("{ROOM}/{path}")});
        all.as_object_mut().unwrap().extend(args.as_object().unwrap().clone());

        let read = bench.read(all).await.unwrap();

        let told = passages(&read)[0]["place"].as_str().unwrap();
        assert!(told.starts_with(place) && told.contains(word), "{path}: {told}");
        assert!(passages(&read).iter().all(|passage| passage["place"] == told), "{path}");
        let url = passages(&read)[0]["url"].as_str().unwrap();
        let own = read["structured"]["item"]["url"].as_str().unwrap();
        assert!(url.starts_with(own), "{path}: {url}");
        assert_eq!(url == own, path.ends_with("pptx"), "{path}: {url}");
    }
}

#[tokio::test]
async fn a_file_that_lies_about_itself_is_called_what_it_is() {
    let bench = bench().await;

    let read = bench.file("Odd/Really%20a%20PDF.docx").await;

    assert!(text(&read).contains("whatever its name says"), "{read:#}");
    assert!(notes(&read).contains("but it is: PDF"), "{read:#}");
}
