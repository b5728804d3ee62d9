//! Lists: one with a column of every common kind and more rows than a page, one that it looks up.

use serde_json::{Value, json};

use crate::graph::company_data::{by, row};
use crate::graph::model::{Column, Detail};
use crate::graph::world::{World, column};

const STATES: &[&str] = &["Open", "Waiting", "Done"];
const GEAR: &[&str] = &["Ladder", "Grease", "Spare cell", "Paint"];
const STATIONS: [&str; 4] = ["Pier 4", "Mole", "Skerry", "Fairway"];
const ROWS: u32 = 60;

/// The stations and the checks of their lights.
pub(super) fn tables(world: &mut World, site: &str) {
    let columns = vec![column("Depth", "Depth", "number", false)];
    let stations = world.add_list(site, "Stations", "Stations", "genericList", columns);
    for (station, depth) in STATIONS.iter().zip([62, 48, 114, 230]) {
        let fields =
            row(&[("Title", (*station).into()), ("Depth", (f64::from(depth) / 10.0).into())]);
        world.add_row(&stations, fields, "2026-01-20T08:00:00Z", by("bob"));
    }
    let checks = world.add_list(
        site,
        "Light checks",
        "Checks of the lights",
        "genericList",
        columns_of_checks(&stations),
    );
    for number in 1..=ROWS {
        let day = number % 28 + 1;
        let month = number % 3 + 9;
        let when = format!("2026-{month:02}-{day:02}T06:30:00Z");
        world.add_row(
            &checks,
            check(number),
            &when,
            by(if number % 2 == 0 { "ann" } else { "bob" }),
        );
    }
}

fn columns_of_checks(stations: &str) -> Vec<Column> {
    let with = |column: Column, detail: Detail| Column { detail, ..column };
    let filled = |column: Column| Column { read_only: true, ..column };
    vec![
        with(column("State", "State", "choice", true), Detail::Choices(STATES)),
        column("Due_x0020_Date", "Due Date", "dateTime", true),
        with(column("Checked_x0020_at", "Checked at", "dateTime", false), Detail::Time),
        column("Hours_x0020_spent", "Hours spent", "number", false),
        column("OData__x0023_Flashes", "#Flashes", "number", false),
        column("Night_x003f_", "Night?", "boolean", false),
        column("KeeperLookupId", "Keeper", "personOrGroup", false),
        with(
            column("StationLookupId", "Station", "lookup", true),
            Detail::Lookup(stations.to_owned(), "Title"),
        ),
        column("Report", "Report", "hyperlinkOrPicture", false),
        filled(with(
            column("Overdue_x0020_by", "Overdue by", "calculated", false),
            Detail::Formula("=[Checked at]-[Due Date]", "number"),
        )),
        with(column("Gear", "Gear", "choice", false), Detail::ManyChoices(GEAR)),
        with(column("Body0", "Remarks", "text", false), Detail::Lines),
        filled(column("Created", "Created", "dateTime", false)),
        filled(column("Modified", "Modified", "dateTime", false)),
        Column { hidden: true, ..filled(column("_UIVersionString", "Version", "text", false)) },
    ]
}

fn check(number: u32) -> std::collections::BTreeMap<String, Value> {
    let pick = |from: &[&'static str], at: u32| -> &'static str {
        let length = u32::try_from(from.len()).unwrap_or(1);
        usize::try_from(at % length).ok().and_then(|at| from.get(at)).copied().unwrap_or_default()
    };
    let station = number % 4;
    let (keeper, lookup) =
        if number.is_multiple_of(2) { ("Ann Berg", "11") } else { ("Bob Castro", "12") };
    let day = number % 28 + 1;
    let month = number % 3 + 10;
    let remark = match number {
        7 => "The lens was | cracked & bound with tape.\nA new one is ordered.".to_owned(),
        13 => "=HYPERLINK(\"https://evil.example\")".to_owned(),
        _ => format!("Check {number} went well."),
    };
    let mut fields = row(&[
        ("Title", format!("Light check {number:02}").into()),
        ("State", pick(STATES, number / 3).into()),
        ("Due_x0020_Date", format!("2026-{month:02}-{day:02}T00:00:00Z").into()),
        ("Checked_x0020_at", format!("2026-{month:02}-{day:02}T21:{:02}:00Z", number % 60).into()),
        ("Hours_x0020_spent", (f64::from(number % 7) / 2.0).into()),
        ("OData__x0023_Flashes", (number * 3).into()),
        ("Night_x003f_", number.is_multiple_of(3).into()),
        ("KeeperLookupId", lookup.into()),
        ("Keeper", keeper.into()),
        ("StationLookupId", (station + 1).to_string().into()),
        (
            "Station",
            usize::try_from(station)
                .ok()
                .and_then(|at| STATIONS.get(at))
                .copied()
                .unwrap_or_default()
                .into(),
        ),
        (
            "Report",
            json!({"Description": format!("Report {number}"), "Url": format!("https://reports.example/{number}?y=2026&x=1")}),
        ),
        ("Overdue_x0020_by", (number % 5).into()),
        ("Gear@odata.type", "Collection(Edm.String)".into()),
        ("Gear", json!([pick(GEAR, number), pick(GEAR, number * 3)])),
        ("Body0", remark.into()),
        ("LinkTitle", format!("Light check {number:02}").into()),
        ("Attachments", (number == 7).into()),
    ]);
    // Empty cells are left out.
    if number.is_multiple_of(10) {
        fields.retain(|name, _| {
            !["Due_x0020_Date", "Report", "Keeper", "KeeperLookupId"].contains(&name.as_str())
        });
    }
    fields
}
