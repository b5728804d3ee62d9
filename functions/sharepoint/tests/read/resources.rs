//! Files and pages by their resource address.

use sharepoint::reference::Reference;
use sharepoint::resources::address;

use super::*;

async fn address_of(bench: &Bench, path: &str) -> String {
    let found = bench.file(path).await;
    let reference: Reference =
        found["structured"]["item"]["ref"].as_str().unwrap().parse().unwrap();
    address(&reference).unwrap()
}

#[tokio::test]
async fn a_file_is_read_by_its_address_as_by_the_tool() {
    let bench = bench().await;
    let uri = address_of(&bench, "Measurements/beacon.py").await;

    let read = bench.connector.read_address(&call("ann"), &uri).await.unwrap();

    assert!(read.contains("\"\"\"Counts the flashes"), "{read}");
    assert!(read.contains("beacon.py"), "{read}");
}

#[tokio::test]
async fn a_withheld_file_answers_with_its_facts_and_the_reason() {
    let bench = bench().await;
    let uri = address_of(&bench, "Labels/Withheld.docx").await;

    let read = bench.connector.read_address(&call("ann"), &uri).await.unwrap();

    assert!(read.contains("Withheld.docx") && read.contains("open the url"), "{read}");
    assert!(!read.contains("diver"), "{read}");
    assert_eq!(bench.count("item_content"), 0);
}

#[tokio::test]
async fn what_is_not_there_is_an_error() {
    let bench = bench().await;
    let known = address_of(&bench, "Measurements/beacon.py").await;
    let cut = known.get(..known.len() - 4).unwrap();
    for (uri, code) in [
        (&*format!("{cut}AAAA"), "not_found"),
        ("m365-file://x", "invalid_argument"),
        ("https://harbourlight.sharepoint.com/sites/Finance", "invalid_argument"),
    ] {
        let refused = bench.connector.read_address(&call("ann"), uri).await.unwrap_err();
        assert_eq!(refused.code(), code, "{uri}");
    }
}
