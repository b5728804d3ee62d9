//! What one person finds, another does not see.

use std::collections::BTreeSet;

use e2e::{AwsStub, Company, Connector, Flavour};
use serde_json::{Value, json};

const FINANCE: &str = "https://harbourlight.sharepoint.com/sites/Finance";
const BUDGET: &str = "Budget 2027.xlsx";

#[tokio::test]
async fn a_person_finds_the_budget_and_another_person_does_not_see_it() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let ann = connector.person("ann").search("budget").await;
        let bob = connector.person("bob").search("budget").await;
        assert!(ann.titles().contains(&BUDGET.to_owned()), "{:?}", ann.titles());
        assert!(!bob.reply.text().contains("Budget 2027"), "{:?}", bob.titles());

        // Knowing its reference does not help.
        let reference = ann.item(BUDGET)["ref"].clone();
        let bob = connector.person("bob");
        let facts = bob.call("sharepoint_metadata", json!({"target": reference})).await;
        assert!(["not_found", "forbidden"].contains(&facts.code().as_str()), "{}", facts.code());
        assert!(!facts.reply.text().contains("Budget 2027"));
        connector.finish().await;
    }
}

#[tokio::test]
async fn two_people_never_share_whatever_is_kept() {
    let company = Company::start().await;
    let aws = AwsStub::start().await;
    for cache in ["off", "memory", "dynamodb"] {
        let connector = Connector::start(&company, Flavour::Function, |environment| {
            aws.environment(environment)
                .with("CACHE_TYPE", cache)
                .with("CACHE_DYNAMODB_TABLE_NAME", "tokens")
        })
        .await;
        let people = ["ann", "bob", "carla"].map(|person| connector.person(person));
        let mut seen: Vec<Vec<String>> = Vec::new();
        for round in 0..3 {
            for (place, person) in people.iter().enumerate() {
                let titles = person.search("budget").await.titles();
                if round == 0 {
                    seen.push(titles);
                } else {
                    assert_eq!(titles, seen[place], "{cache}, round {round}");
                }
            }
        }
        let all: BTreeSet<_> = seen.iter().collect();
        assert_eq!(all.len(), 3, "everybody sees something else: {seen:?}");
        connector.finish().await;
    }
}

#[tokio::test]
async fn a_confidential_file_is_shown_and_its_content_is_not() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    let found =
        ann.call("sharepoint_search", json!({"query": "budget OR salary", "limit": 25})).await;

    let open = found.item("Forecast Q4.docx");
    assert_eq!(open["label"]["decision"], "allowed", "{open}");
    assert!(open["snippet"].as_str().is_some(), "{open}");
    for title in ["Salary bands.xlsx", "Unlabelled budget.docx"] {
        let item = found.item(title);
        assert_ne!(item["label"]["decision"], "allowed", "{item}");
        assert!(item["snippet"].is_null(), "{item}");
        assert!(item["url"].as_str().is_some() && item["who"]["name"].as_str().is_some(), "{item}");
    }

    let target = found.item("Salary bands.xlsx")["ref"].clone();
    let metadata = ann.call("sharepoint_metadata", json!({"target": target})).await;
    let facts = metadata.data();
    assert_eq!(facts["item"]["title"], "Salary bands.xlsx");
    assert_eq!(facts["item"]["label"]["name"], "Confidential", "{facts}");
    assert!(facts["item"]["snippet"].is_null());

    let folder = target.as_str().unwrap();
    let browse = ann
        .call("sharepoint_browse", json!({"target": format!("{FINANCE}/Shared Documents/Budget")}));
    let browse = browse.await;
    assert_eq!(browse.item("Salary bands.xlsx")["ref"], folder);
    let sites = ann.call("sharepoint_find_sites", json!({"query": "Finance"})).await;
    let labels = ann.call("sharepoint_labels", json!({})).await;
    let rules = labels.data();
    let rule = |name: &str| {
        let rules = rules["items"].as_array().unwrap().clone();
        rules.into_iter().find(|rule| rule["name"] == name).unwrap()["decision"].clone()
    };
    assert_eq!((rule("General"), rule("Confidential")), (json!("allow"), json!("redact")));

    for answer in [&found, &metadata, &browse, &sites, &labels] {
        let text = answer.reply.text();
        for content in ["38000", "46000", "Somebody forgot it"] {
            assert!(!text.contains(content), "{content} in {text}");
        }
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_page_is_continued_by_its_cursor_and_by_nobody_elses() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    let target = format!("{FINANCE}/Shared Documents/Invoices 2026");
    let query = json!({"target": target, "limit": 50});
    let at = |cursor: &Value| {
        let mut query = query.clone();
        query["cursor"] = cursor.clone();
        query
    };
    let first = ann.call("sharepoint_browse", query.clone()).await;
    let cursor = first.data()["next_cursor"].clone();

    let mut titles: Vec<String> = first.titles();
    let mut next = cursor.clone();
    let mut pages = 1;
    while next.is_string() {
        let page = ann.call("sharepoint_browse", at(&next)).await;
        titles.extend(page.titles());
        next = page.data()["next_cursor"].clone();
        pages += 1;
        assert!(pages < 20, "a list without end");
    }
    let different: BTreeSet<_> = titles.iter().collect();
    assert_eq!((titles.len(), different.len()), (230, 230));

    // A new token of the same person goes on with it, and so does a new process.
    connector.alb().recycle("sharepoint").unwrap();
    let again = connector.person("ann").call("sharepoint_browse", at(&cursor)).await;
    assert_eq!(again.titles().first(), titles.get(first.titles().len()));

    let text = cursor.as_str().unwrap();
    let mut altered: Vec<char> = text.chars().collect();
    let middle = altered.len() / 2;
    altered[middle] = if altered[middle] == 'A' { 'B' } else { 'A' };
    let altered: String = altered.into_iter().collect();
    let shorter = text.get(..text.len() - 4).unwrap();
    let mut other_limit = at(&cursor);
    other_limit["limit"] = json!(49);
    let other_target = json!({"target": FINANCE, "limit": 50, "cursor": cursor});
    let requests = company.graph_requests();
    let carla = connector.person("carla");
    for (what, client, tool, arguments) in [
        ("another person", &carla, "sharepoint_browse", at(&cursor)),
        ("altered", &ann, "sharepoint_browse", at(&json!(altered))),
        ("cut", &ann, "sharepoint_browse", at(&json!(shorter))),
        ("another limit", &ann, "sharepoint_browse", other_limit),
        ("another folder", &ann, "sharepoint_browse", other_target),
        ("another tool", &ann, "sharepoint_search", json!({"query": "budget", "cursor": cursor})),
        ("another tool", &ann, "sharepoint_find_sites", json!({"cursor": cursor})),
        ("made up", &ann, "sharepoint_browse", at(&json!("v1.k1.AAAA"))),
    ] {
        let answer = client.call(tool, arguments).await;
        assert_eq!(answer.code(), "invalid_cursor", "{what}");
        assert_eq!(connector.last_record()["outcome"], "invalid_cursor", "{what}");
    }
    assert_eq!(company.graph_requests(), requests, "Graph was asked with a foreign cursor");
    connector.finish().await;
}

#[tokio::test]
async fn a_person_walks_from_the_site_to_a_file_with_an_odd_name() {
    let company = Company::start().await;
    let odd = [
        "a+b & c=d #1 %41.txt",
        "name with 'quotes' and ; , $.txt",
        "読みやすい 📄.txt",
        "%2e%2e.txt",
        "Ünïcödé é.txt",
    ];
    for name in odd {
        company.graph.add(addition(&format!("Odd ñ & 100%/{name}"))).unwrap();
    }
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    let browse = |target: Value| {
        let ann = ann.clone();
        async move { ann.call("sharepoint_browse", json!({"target": target})).await }
    };
    let sites = ann.call("sharepoint_find_sites", json!({"query": "Finance"})).await;
    let site = browse(sites.item("Finance")["ref"].clone()).await;
    let library = site.items().into_iter().find(|item| item["kind"] == "library").unwrap();
    let folders = browse(library["ref"].clone()).await;
    let files = browse(folders.item("Odd ñ & 100%")["ref"].clone()).await;
    for name in odd {
        let item = files.item(name);
        for target in [item["ref"].clone(), item["url"].clone()] {
            let facts = ann.call("sharepoint_metadata", json!({"target": target})).await.data();
            assert_eq!(facts["item"]["title"], name, "{target}");
            assert_eq!(facts["item"]["ref"], item["ref"], "{target}");
        }
    }
    let budget = browse(folders.item("Budget")["ref"].clone()).await;
    let careless = budget.item("100% O'Neill & Søn #7.docx");
    let facts = ann.call("sharepoint_metadata", json!({"target": careless["ref"]})).await;
    assert_eq!(facts.data()["item"]["title"], "100% O'Neill & Søn #7.docx");
    connector.finish().await;
}

fn addition(path: &str) -> stand_ins::graph::Addition {
    let file = json!({"kind": "file", "drive": "Finance", "path": path, "text": "odd"});
    serde_json::from_value(file).unwrap()
}
