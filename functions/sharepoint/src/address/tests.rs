use proptest::prelude::*;

use super::*;

fn place(text: &str) -> (Vec<String>, Vec<String>) {
    match Address::parse(text) {
        Ok(Address::Place(place)) => (place.site, place.below),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn addresses_name_a_site_and_what_is_below() {
    let cases: [(&str, &[&str], &[&str]); 9] = [
        ("https://x.sharepoint.com", &[], &[]),
        ("https://x.sharepoint.com/sites/Finance/", &["sites", "Finance"], &[]),
        (
            "https://x.sharepoint.com/sites/Finance/Shared%20Documents/Q4%20%26%20more",
            &["sites", "Finance"],
            &["Shared Documents", "Q4 & more"],
        ),
        (
            "https://x.sharepoint.com/:f:/r/teams/Lab/Shared%20Documents/A?csf=1&web=1&e=secret",
            &["teams", "Lab"],
            &["Shared Documents", "A"],
        ),
        (
            "https://x.sharepoint.com/sites/F/Shared%20Documents/Forms/AllItems.aspx?id=%2Fsites%2FF%2FShared%20Documents%2FBudget&viewid=1",
            &["sites", "F"],
            &["Shared Documents", "Budget"],
        ),
        (
            "https://x.sharepoint.com/sites/F/Shared%20Documents/Forms/AllItems.aspx",
            &["sites", "F"],
            &["Shared Documents"],
        ),
        (
            "https://x-my.sharepoint.com/personal/ann_x/Documents/a%23b.txt",
            &["personal", "ann_x"],
            &["Documents", "a#b.txt"],
        ),
        ("https://x.sharepoint.com/Shared%20Documents", &[], &["Shared Documents"]),
        ("https://x.sharepoint.com/sites/F/_layouts/15/viewlsts.aspx", &["sites", "F"], &[]),
    ];
    for (text, site, below) in cases {
        let (found_site, found_below) = place(text);
        assert_eq!(found_site, site, "{text}");
        assert_eq!(found_below, below, "{text}");
    }
}

#[test]
fn an_office_file_in_the_browser_names_itself() {
    let address = "https://x.sharepoint.com/:w:/r/sites/F/_layouts/15/Doc.aspx?sourcedoc=%7B0B8E7D52-63A3-4D8C-8F2B-9D3C1E5F7A90%7D&file=Plan.docx&action=default";
    match Address::parse(address) {
        Ok(Address::Document { place, unique_id, file }) => {
            assert_eq!(place.site, ["sites", "F"]);
            assert_eq!(unique_id, "0b8e7d52-63a3-4d8c-8f2b-9d3c1e5f7a90");
            assert_eq!(file, "Plan.docx");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sharing_link_is_known_for_what_it_is() {
    for link in [
        "https://x.sharepoint.com/:w:/s/Finance/EabcDEF?e=Key",
        "https://x.sharepoint.com/:x:/g/personal/ann/Eabc",
        "https://x.sharepoint.com/:b:",
        "https://x.sharepoint.com/sites/F/_layouts/15/guestaccess.aspx?share=Eabc",
    ] {
        let found = Address::parse(link);
        assert!(matches!(found, Ok(Address::SharingLink(_))), "{link}");
        assert!(!format!("{found:?}").contains("abc"), "a key is never printed");
    }
}

#[test]
fn a_sharing_link_is_encoded_as_graph_wants_it() {
    let encoded = |link: &str| match Address::parse(link) {
        Ok(Address::SharingLink(link)) => link.encoded().map(|id| id.as_str().to_owned()),
        other => panic!("{other:?}"),
    };

    assert_eq!(
        encoded("https://x.sharepoint.com/:w:/s/F/E?e=K#part").as_deref(),
        Some("u!aHR0cHM6Ly94LnNoYXJlcG9pbnQuY29tLzp3Oi9zL0YvRT9lPUs")
    );
    assert_eq!(encoded(&format!("https://x.sharepoint.com/:w:/s/F/{}", "E".repeat(500))), None);
}

#[test]
fn a_private_onedrive_is_told_from_a_company() {
    for link in ["https://1drv.ms/w/s!Abc", "https://onedrive.live.com/redir?resid=1"] {
        assert!(Address::parse(link).unwrap_err().contains("private"), "{link}");
    }
}

#[test]
fn only_sharepoint_is_an_address() {
    for bad in [
        "http://x.sharepoint.com/sites/F",
        "https://sharepoint.com.evil.example/sites/F",
        "https://evilsharepoint.com/sites/F",
        "https://graph.microsoft.com/v1.0/me",
        "file:///etc/passwd",
        "sites/F",
    ] {
        assert!(Address::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn addresses_are_shown_without_their_keys() {
    let cases = [
        ("https://x.sharepoint.com/a?e=Key&web=1", Some("https://x.sharepoint.com/a?web=1")),
        ("https://x.sharepoint.com/a?tempauth=eyJ#frag", Some("https://x.sharepoint.com/a")),
        ("https://x.sharepoint.com/_layouts/15/download.aspx?UniqueId=1&tempauth=e", None),
        ("https://x.sharepoint.com/:w:/s/F/Eabc?e=Key", None),
        ("https://u:p@x.sharepoint.com/a", None),
        ("http://x.sharepoint.com/a", None),
        ("http://127.0.0.1:8091/a", Some("http://127.0.0.1:8091/a")),
        ("javascript:alert(1)", None),
        ("", None),
    ];
    for (address, expected) in cases {
        let shown = Url::parse(address).ok().and_then(shown);
        assert_eq!(shown.as_deref(), expected, "{address}");
    }
}

#[test]
fn below_means_whole_names() {
    let start = "https://x.sharepoint.com/sites/Finance";
    assert!(is_below("https://x.sharepoint.com/sites/finance/a%20b", start));
    assert!(is_below(start, start));
    assert!(!is_below("https://x.sharepoint.com/sites/Finance2", start));
    assert!(!is_below("https://y.sharepoint.com/sites/Finance", start));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,80}") {
        let _ = Address::parse(&text);
        let _ = Address::parse(&format!("https://x.sharepoint.com/{text}"));
        let _ = Url::parse(&format!("https://x.sharepoint.com/{text}")).ok().and_then(shown);
    }
}
