//! Files that lie, swell, break off or lead elsewhere: each has its answer in time, and the next
//! one is read by the same process, which keeps no child.

use std::time::{Duration, Instant};

use e2e::{Answer, Client, Company, Connector, Flavour, until};
use serde_json::json;
use stand_ins::graph::files::word;
use stand_ins::graph::labels::{self, CONFIDENTIAL};
use stand_ins::graph::{Fault, FaultKind, Id};
use tokio::net::TcpListener;

use crate::bench::{
    OpenPolicy, assert_hides, assert_withheld, connector, notes, passages, put_bytes, read,
    read_room, room, told,
};

/// More than an answer may take, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(28);

async fn timed(ann: &Client<'_>, path: &str) -> Answer {
    let started = Instant::now();
    let answer = read_room(ann, path).await;
    assert!(started.elapsed() < IN_TIME, "{path}: {:?}", started.elapsed());
    answer
}

/// The connector reads on.
async fn assert_reads(ann: &Client<'_>) {
    let beacon = read_room(ann, "Measurements/beacon.py").await;
    assert!(told(&beacon).contains("Counts the flashes"), "{}", beacon.data());
}

/// Processes that a process has started and that are still there, ended ones included.
fn children(parent: u32) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats =
        processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    // pid (name) state parent …
    let is_child = |stat: &String| {
        let after = stat.rsplit_once(") ").map(|(_, after)| after);
        after.and_then(|after| after.split(' ').nth(1)) == Some(parent.to_string().as_str())
    };
    stats.filter(is_child).collect()
}

async fn assert_no_child(connector: &Connector<'_>) {
    let parent = connector.pid();
    until("no child is left", || children(parent).is_empty().then_some(())).await;
}

#[tokio::test]
async fn each_hostile_file_has_its_answer_and_the_next_file_is_read() {
    let company = Company::start().await;
    company.canaries.plant("The same tide again");
    company.canaries.plant("Nobody should get this far");
    let twenty_six_megabytes = "too much of a tide\n".repeat(26 * 1024 * 1024 / 19 + 1);
    put_bytes(&company, "Odd/Endless.txt", twenty_six_megabytes.as_bytes());
    put_bytes(&company, "Odd/Noise.docx", &[0x50, 0x4b, 3, 4, 0xff, 0xff, 7, 7, 7, 7, 7, 7]);
    // As open as a policy can be, so that the reasons are the reader's.
    let connector = OpenPolicy::of_all_unlabelled().connector(&company).await;
    let ann = connector.person("ann");
    for (path, reason) in [
        ("Odd/Swollen.docx", "could not be read safely"),
        ("Odd/Endless.txt", "larger than 25 MB"),
        ("Odd/Nothing.docx", "is empty"),
        ("Odd/Infected.docx", "malware"),
        ("Odd/Watch notebook", "OneNote"),
        ("Odd/Noise.docx", "open"),
        ("Scans/Scanned chart.pdf", "no text layer"),
        ("Protected/Sealed chart.pdf", "open"),
        ("Protected/Sealed plan.docx", "open"),
    ] {
        let answer = timed(&ann, path).await;
        assert_eq!(passages(&answer).len(), 0, "{path}: {}", answer.data());
        assert!(notes(&answer).contains(reason), "{path}: {}", answer.data());
        assert!(answer.data()["item"]["url"].is_string(), "{path}");
        assert_reads(&ann).await;
    }
    let liar = timed(&ann, "Odd/Really a PDF.docx").await;
    assert!(told(&liar).contains("This page is a PDF, whatever its name says."));
    assert!(notes(&liar).contains("Its name says"), "{}", notes(&liar));
    assert_no_child(&connector).await;
    connector.finish().await;
}

#[tokio::test]
async fn the_same_in_the_memory_of_a_function() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Function).await;
    let ann = connector.person("ann");
    let swollen = timed(&ann, "Odd/Swollen.docx").await;
    assert_eq!(passages(&swollen).len(), 0, "{}", swollen.data());
    assert_reads(&ann).await;
    let state = connector.alb().target_state(e2e::NAME).unwrap();
    assert_eq!(state.started, 1, "the function was replaced");
    connector.finish().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_or_comes_wrong_gives_nothing_out() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    let path = "Labels/Agreed.docx";
    for kind in [FaultKind::Truncated, FaultKind::NotFound, FaultKind::Forbidden] {
        // An address that is refused once is asked for again, and a stream goes on where it broke.
        let times = match kind {
            FaultKind::Forbidden => 2,
            FaultKind::Truncated => 3,
            _ => 1,
        };
        company.graph.fault(Fault::once(kind.clone()).times(times).on(Id::Download));
        let answer = timed(&ann, path).await;
        let code = answer.code();
        let known = ["upstream_unavailable", "not_found", "forbidden"];
        assert!(known.contains(&code.as_str()), "{kind:?}: {code}");
        assert_hides(&answer.reply.text(), &["white over red", "tempauth", "download.aspx"]);
        assert_eq!(connector.last_record()["outcome"], code.as_str());
        assert_reads(&ann).await;
    }
    for kind in [FaultKind::ZeroBytes, FaultKind::ShortBody] {
        company.graph.fault(Fault::once(kind.clone()).on(Id::Download));
        let answer = timed(&ann, path).await;
        assert_eq!(passages(&answer).len(), 0, "{kind:?}: {}", answer.data());
        assert!(!answer.text().contains("white over red"), "{kind:?}");
        assert_reads(&ann).await;
    }
    // The address had run out, or the stream broke once: it is asked for again.
    for kind in [FaultKind::Unauthorized, FaultKind::Forbidden, FaultKind::Truncated] {
        company.graph.fault(Fault::once(kind).on(Id::Download));
        assert!(told(&timed(&ann, path).await).contains("white over red"));
    }
    assert_no_child(&connector).await;
    connector.finish().await;
}

#[tokio::test]
async fn a_download_that_trickles_ends_with_the_time_of_a_call() {
    let company = Company::start().await;
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    company.graph.fault(Fault::once(FaultKind::Trickle(500)).on(Id::Download));
    let answer = timed(&ann, "Manuals/Signal book.pdf").await;
    let result = answer.result();
    let said = answer.text();
    assert!(
        result["isError"] == true || notes(&answer).contains("took too long"),
        "it ended otherwise: {said}"
    );
    assert_hides(&answer.reply.text(), &["pier head", "swallowtail"]);
    assert_no_child(&connector).await;
    assert_reads(&ann).await;
    connector.finish().await;
}

#[tokio::test]
async fn a_download_that_leads_elsewhere_is_not_followed() {
    let company = Company::start().await;
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // The same machine under a name that is no host of content.
    let foreign = format!(
        "http://localhost:{}/x?key=canary-of-an-address",
        trap.local_addr().unwrap().port()
    );
    company.canaries.plant("canary-of-an-address");
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    for operation in [Id::ItemContent, Id::Download] {
        for to in [foreign.as_str(), "https://evil.example/x?key=canary-of-an-address"] {
            company.graph.fault(Fault::once(FaultKind::Redirect(to.to_owned())).on(operation));
            let answer = timed(&ann, "Labels/Agreed.docx").await;
            assert_eq!(answer.code(), "upstream_unavailable", "{operation:?} {to}");
            assert_hides(&answer.reply.text(), &["canary", "localhost:", "evil.example"]);
            assert_reads(&ann).await;
        }
    }
    let visit = tokio::time::timeout(Duration::ZERO, trap.accept()).await;
    assert!(visit.is_err(), "somebody came to the foreign host");
    let downloads = company.graph.log().downloads;
    assert!(!downloads.is_empty());
    for download in downloads {
        let bearer = download.headers.iter().any(|name| name == "authorization");
        assert!(!bearer, "{download:?}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_file_under_the_name_of_a_text_needs_a_label_like_any_document() {
    let company = Company::start().await;
    let secret = "The old minefield begins at the bell.";
    company.canaries.plant(secret);
    let bytes = word::from_text(secret, &labels::both(CONFIDENTIAL));
    put_bytes(&company, "Odd/Harmless.txt", &bytes);
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    for more in [json!({}), json!({"part": "outline"})] {
        let answer = read(&ann, &room("Odd/Harmless.txt"), &more).await;
        assert_withheld(&answer, &["minefield"]);
    }
    connector.finish().await;
}
