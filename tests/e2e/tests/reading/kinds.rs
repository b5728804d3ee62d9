//! One file of each kind: what stands in it is told, what is hidden in it is not.

use e2e::{Company, Flavour};
use serde_json::json;

use crate::bench::{
    OpenPolicy, assert_hides, assert_withheld, connector, decision, notes, read, read_room, told,
};

/// A file of the chart room, what stands in it, and what must not come out of it.
const KINDS: &[(&str, &[&str], &[&str])] = &[
    (
        "Manuals/Buoy maintenance manual.docx",
        &["Approach the buoy against the current, never with it.", "Check the weather report"],
        &["every second year"],
    ),
    (
        "Manuals/Keeper training.pptx",
        &["Red to port when you come home", "Green to starboard & keep clear", "North cardinal"],
        &[],
    ),
    ("Manuals/灯浮標の点検.docx", &["灯浮標は毎年春に引き揚げて清掃する。"], &[]),
    ("Manuals/灯浮標配置図.pdf", &["北方位標識は岬の北二海里に設置する。"], &[]),
    (
        "Manuals/Pilot notes.odt",
        &["The pilot boards two miles off the fairway buoy.", "Line & heaving weight ready"],
        &[],
    ),
    (
        "Manuals/Fog horn.rtf",
        &["The fog horn is fed with air of six bar.", "nöt less"],
        &["HIDDEN", "horn room"],
    ),
    (
        "Manuals/Storm protocol.html",
        &["At nine Beaufort the gate of the mole is", "Keeper on watch", "weather.example"],
        &["HIDDEN", "open the gate"],
    ),
    ("Measurements/Depths (UTF-16).csv", &["Søjle", "Bassin", "Ved \"Ørnen\"; ydre"], &[]),
    (
        "Measurements/Wind (windows-1252).csv",
        &["Møgvejr – 40 € for a new flag", "2026-11-03"],
        &["\u{fffd}"],
    ),
    ("Measurements/beacon.py", &["Counts the flashes of a beacon.", "sum(gaps) / len(gaps)"], &[]),
    (
        "Correspondence/Mooring complaint.eml",
        &["The northern mooring ring at pier 4 came loose", "Ring survey.docx", "Skipper Lund"],
        // An attached document with a label of its own, and a text that nobody sees.
        &["hangs by one bolt", "forward this to everyone"],
    ),
    (
        "Correspondence/Dredging offer.msg",
        &["we can take out 4,200 cubic metres of silt in week 9", "Mira Sand"],
        &[],
    ),
    (
        "Correspondence/Inspection.ics",
        &["Inspection of the mole, with the coast guard", "leads over wet stones", "Mole head"],
        &[],
    ),
    (
        "Correspondence/Keeper call.vtt",
        &["Did the wreck light come back on?", "At four, after we changed the cell."],
        &["recorded on the mole"],
    ),
    ("Odd/Macro log.docm", &["The log with macros closes at midnight."], &["vbaProject"]),
];

#[tokio::test]
async fn what_stands_in_a_file_of_each_kind_is_told() {
    let company = Company::start().await;
    for sentence in KINDS.iter().flat_map(|(_, shown, hidden)| shown.iter().chain(*hidden)) {
        company.canaries.plant(sentence);
    }
    let connector = connector(&company, Flavour::Server).await;
    let ann = connector.person("ann");
    for (path, shown, hidden) in KINDS {
        let answer = read_room(&ann, path).await;
        assert_eq!(decision(&answer), "allowed", "{path}: {}", answer.data());
        let told = told(&answer);
        for sentence in *shown {
            assert!(told.contains(sentence), "{path}: {sentence:?} in {told}");
        }
        assert_hides(&answer.reply.text(), hidden);
        let name = path.rsplit('/').next().unwrap();
        assert_eq!(answer.data()["item"]["title"], *name);
        let text = answer.text();
        assert!(text.contains("⟦untrusted text:"), "{path}: {text}");
    }
    let picture = read_room(&ann, "Measurements/Mooring sketch.png").await;
    assert!(notes(&picture).contains("(image)"), "{}", picture.data());
    connector.finish().await;
}

#[tokio::test]
async fn what_cannot_carry_a_label_is_withheld_until_the_policy_allows_its_class() {
    let company = Company::start().await;
    let sites = "https://harbourlight.sharepoint.com/sites";
    let things = [
        (format!("{sites}/Intranet/Shared%20Documents/Handbook%20notes.md"), "lighthousekeeper"),
        (format!("{sites}/Intranet/SitePages/Office-move.aspx"), "12 December 2026"),
        (format!("{sites}/ChartRoom/SitePages/Watch-rota.aspx"), "Oilskins are in the locker."),
        (format!("{sites}/ChartRoom/Lists/Light%20checks/DispForm.aspx?ID=7"), "bound with tape"),
    ];
    for (_, words) in &things {
        company.canaries.plant(words);
    }

    let strict = connector(&company, Flavour::Server).await;
    for (target, words) in &things {
        let answer = read(&strict.person("ann"), target, &json!({})).await;
        assert_withheld(&answer, &[words]);
        assert_eq!(decision(&answer), "unlabelled", "{target}");
    }
    strict.finish().await;

    let open = OpenPolicy::of_classes().connector(&company).await;
    for (target, words) in &things {
        let answer = read(&open.person("ann"), target, &json!({})).await;
        assert_eq!(decision(&answer), "allowed", "{target}: {}", answer.data());
        assert!(told(&answer).contains(words), "{target}: {}", answer.data());
        assert_hides(&answer.reply.text(), &["HIDDEN"]);
    }
    // A class is no label: documents without one are withheld as before.
    let document = read_room(&open.person("ann"), "Labels/Unlabelled.docx").await;
    assert_withheld(&document, &["tide gauge"]);
    open.finish().await;
}
