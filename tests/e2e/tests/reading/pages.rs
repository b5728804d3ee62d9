//! A book: found, looked through, opened in the middle, read to its end.

use e2e::{Company, Flavour};
use serde_json::{Value, json};

use crate::bench::{connector, passages, read, room, told};

/// One sentence a page.
const SENTENCES: [&str; 14] = [
    "This book replaces the edition of 1998 from the first of March.",
    "A square flag above a ball asks for help at once.",
    "The blue and white swallowtail keeps every boat two cables away.",
    "A plain yellow flag tells that all on board are healthy.",
    "The pier head shows two green flashes every eight seconds.",
    "White over red means that the pilot boat is on station.",
    "A wreck is marked by blue and yellow flashes in turn.",
    "In the white sector the water is deeper than eleven metres.",
    "A keeper who finds a dark light hangs a lantern & calls the coast guard.",
    "The horn sounds one long blast each half minute.",
    "The bell buoy off the skerry rings with the swell alone.",
    "One short blast: I am altering my course to starboard.",
    "Five short blasts mean that the other ship is not understood.",
    "Every signal is written down with its hour, and signed by two keepers.",
];

fn plant(company: &Company) {
    for sentence in SENTENCES {
        company.canaries.plant(sentence);
    }
}

#[tokio::test]
async fn a_book_is_found_looked_through_and_opened_in_the_middle() {
    let company = Company::start().await;
    plant(&company);
    let connector = connector(&company, Flavour::Function).await;
    let ann = connector.person("ann");
    let query = json!({"query": "signal book", "file_types": ["pdf"]});
    let found = ann.call("sharepoint_search", query).await.item("Signal book.pdf");
    let book = found["ref"].as_str().unwrap();

    let outline = read(&ann, book, &json!({"part": "outline"})).await;
    let contents = outline.data()["outline"].as_str().unwrap().to_owned();
    for line in ["- Flags by day (page 1)", "  - Flags of quarantine (page 4)", "(page 14)"] {
        assert!(contents.contains(line), "{line:?} in {contents}");
    }
    assert!(contents.starts_with("⟦untrusted text:"), "{contents}");
    assert!(!outline.reply.text().contains(SENTENCES[3]), "an outline is not the text");

    let middle = read(&ann, book, &json!({"part": "pages", "range": "3-5"})).await;
    let mut places: Vec<Value> = Vec::new();
    for passage in passages(&middle) {
        let page = passage["place"].as_str().unwrap().strip_prefix("page ").unwrap().to_owned();
        let url = passage["url"].as_str().unwrap();
        assert!(url.ends_with(&format!("/Signal%20book.pdf#page={page}")), "{url}");
        let sentence = SENTENCES[page.parse::<usize>().unwrap() - 1];
        let told = passage["text"].as_str().unwrap().replace('\\', "");
        if !places.contains(&passage["place"]) {
            places.push(passage["place"].clone());
            assert!(told.contains(sentence), "{sentence:?} in {told}");
        }
    }
    assert_eq!(places, ["page 3", "page 4", "page 5"]);
    let told = told(&middle);
    for (at, sentence) in (1..).zip(SENTENCES) {
        assert_eq!(told.contains(sentence), (3..=5).contains(&at), "page {at}: {told}");
        assert_eq!(middle.text().contains(sentence), (3..=5).contains(&at), "page {at}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn whoever_follows_the_cursor_reads_every_sentence_once() {
    let company = Company::start().await;
    plant(&company);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let book = room("Manuals/Signal book.pdf");
    let mut all = String::new();
    let mut more = json!({"part": "all", "max_chars": 4000});
    let mut parts = 0;
    loop {
        let part = read(&ann, &book, &more).await;
        // Line ends are not counted.
        assert!(told(&part).chars().filter(|letter| *letter != ' ').count() <= 4000);
        all.push_str(&told(&part));
        all.push(' ');
        parts += 1;
        let data = part.data();
        assert_eq!(data["truncated"], !data["next_cursor"].is_null());
        assert_eq!(connector.last_record()["truncated"], data["truncated"]);
        match data["next_cursor"].as_str() {
            Some(cursor) if parts < 30 => more["cursor"] = cursor.into(),
            Some(_) => panic!("there is no end"),
            None => break,
        }
    }
    assert!(parts > 3, "{parts}");
    for sentence in SENTENCES {
        assert_eq!(all.matches(sentence).count(), 1, "{sentence}");
    }
    connector.finish().await;
}
