//! Finance, Research and the board.

use super::{Desk, by, first_drive, number, oid, row, team_site, view};
use crate::company::{Group, OTHER_TENANT};
use crate::graph::errors::Outcome;
use crate::graph::labels;
use crate::graph::model::{Access, Kind, Labelling, Scope};
use crate::graph::world::{NewItem, World, column};

pub(super) fn finance(world: &mut World) -> Outcome<()> {
    let access = Access::group(Group::Finance);
    let site =
        world.add_site(team_site("Finance", "Finance", "Budgets, invoices, closing", access));
    let archive = world.add_library(&site, "Archive", "Archive");
    let drive = first_drive(world, &site);
    suppliers(world, &site);
    world.add_page(
        &site,
        ("Closing-calendar.aspx", "Closing calendar", "Dates of the monthly closing"),
        &["<p>November closes on <em>3 December 2026</em>.</p>"],
        "2026-11-02T08:00:00Z",
        by("ann"),
    );
    let mut desk = Desk { world, drive: drive.clone() };
    desk.file(
        "Budget/Budget 2027.xlsx",
        ("ann", "2026-11-18T13:45:00Z"),
        labels::both(labels::GENERAL),
        "Department,Amount,Change\nLaboratory,410000,12\nProduction,1250000,-3\nOffice,98000,0",
    )?;
    let forecast = "Budget/Forecast Q4.docx";
    let draft = "# Forecast Q4\nDraft: revenue 4.0 million.";
    desk.file(
        forecast,
        ("ann", "2026-09-14T09:00:00Z"),
        labels::both(labels::CONFIDENTIAL),
        draft,
    )?;
    let second = "# Forecast Q4\nRevenue 4.1 million after the Bergen order.";
    desk.file(forecast, ("carla", "2026-10-20T15:30:00Z"), labels::both(labels::GENERAL), second)?;
    let third = "# Forecast Q4\nRevenue 4.2 million & margin <31 %>.\nThe budget for lamps grows.";
    desk.file(forecast, ("ann", "2026-11-12T08:10:00Z"), labels::both(labels::GENERAL), third)?;
    desk.file(
        "Budget/Salary bands.xlsx",
        ("carla", "2026-10-01T10:00:00Z"),
        labels::both(labels::CONFIDENTIAL),
        "Band,From,To\nA,38000,46000\nB,45000,58000",
    )?;
    desk.file(
        "Budget/Stale label.docx",
        ("ann", "2026-11-19T17:00:00Z"),
        labels::stale(Some(labels::GENERAL), labels::CONFIDENTIAL),
        "# Merger budget\nThe column still says General; the file says Confidential.",
    )?;
    desk.file(
        "Budget/Unlabelled budget.docx",
        ("Old Ledger Service", "2026-02-11T06:00:00Z"),
        labels::none(),
        "# Budget without a label\nSomebody forgot it.",
    )?;
    desk.file(
        "Budget/100% O'Neill & Søn #7.docx",
        ("carla", "2026-10-28T12:00:00Z"),
        labels::both(labels::GENERAL),
        "# O'Neill & Søn\nA name that breaks careless paths. Budget agreed.",
    )?;
    odd_files(&mut desk)?;
    invoices(&mut desk)?;
    desk.drive = archive;
    desk.file(
        "2025/Annual report 2025.pdf",
        ("carla", "2026-02-27T10:00:00Z"),
        labels::both(labels::PUBLIC),
        "Annual report 2025\nRevenue 15.2 million EUR",
    )?;
    Ok(())
}

/// Files whose labels cannot be read or are not ours, and a file with a virus.
fn odd_files(desk: &mut Desk<'_>) -> Outcome<()> {
    let drive = desk.drive.clone();
    let key = labels::locked("fileDoubleKeyEncrypted");
    desk.file(
        "Budget/Acquisition (encrypted).docx",
        ("carla", "2026-11-05T19:00:00Z"),
        key,
        "Encrypted content",
    )?;
    let foreign = Labelling {
        file: vec![(labels::GENERAL.to_owned(), OTHER_TENANT.to_owned())],
        ..Labelling::default()
    };
    desk.file(
        "Partners/Partner offer.docx",
        ("dev", "2026-10-09T09:09:00Z"),
        foreign,
        "# Offer\nThe label of this file belongs to another company.",
    )?;
    let virus = desk.file(
        "Partners/Invoice_scan.exe",
        ("Unknown sender", "2026-10-10T03:00:00Z"),
        labels::none(),
        "not really a program",
    )?;
    if let Some(item) = desk.world.item_mut(&drive, &virus) {
        item.malware = true;
    }
    Ok(())
}

/// More files in one folder than one page holds.
fn invoices(desk: &mut Desk<'_>) -> Outcome<()> {
    for count in 1..=230_u32 {
        let month = count % 10 + 1;
        let path = format!("Invoices 2026/INV-2026-{count:04}.txt");
        let when = format!("2026-{month:02}-{:02}T08:00:00Z", count % 28 + 1);
        let text = format!("Invoice {count}\nAmount {} EUR", count * 17);
        desk.file(&path, ("ann", &when), labels::none(), &text)?;
    }
    Ok(())
}

fn suppliers(world: &mut World, site: &str) {
    let columns = vec![
        column("Country", "Country", "text", true),
        column("Spend_x0020_2026", "Spend 2026", "number", false),
        column("Status", "Status", "choice", true),
        column("OwnerLookupId", "Owner", "personOrGroup", false),
    ];
    let list = world.add_list(site, "Suppliers", "Suppliers", "genericList", columns);
    let rows = [
        ("Bergen Glass AS", "NO", 120_000, "Active", "2026-04-01T08:00:00Z"),
        ("O'Hara & Sons", "IE", 18_500, "Active", "2026-05-01T08:00:00Z"),
        ("Lumen GmbH", "DE", 64_000, "Paused", "2026-09-15T08:00:00Z"),
        ("灯台工業株式会社", "JP", 230_000, "Active", "2026-10-02T08:00:00Z"),
        ("Old Wicks Ltd", "UK", 0, "Closed", "2026-01-20T08:00:00Z"),
    ];
    for (title, country, spend, status, when) in rows {
        let fields = row(&[
            ("Title", title.into()),
            ("Country", country.into()),
            ("Spend_x0020_2026", number(spend)),
            ("Status", status.into()),
            ("OwnerLookupId", "11".into()),
        ]);
        world.add_row(&list, fields, when, by("ann"));
    }
}

pub(super) fn research(world: &mut World) -> Outcome<()> {
    let access = Access::group(Group::Research);
    let site = world.add_site(team_site("Research", "Research", "Lamps of tomorrow", access));
    let drive = first_drive(world, &site);
    let mut desk = Desk { world, drive: drive.clone() };
    desk.file(
        "Protocols/LED endurance test.docx",
        ("bob", "2026-11-11T15:00:00Z"),
        labels::both(labels::GENERAL),
        "# LED endurance test\nLamp 7 ran 9,000 hours at 60 °C.\nThe budget of watts held.",
    )?;
    desk.file(
        "Protocols/Salt spray <raw>.csv",
        ("bob", "2026-11-13T09:30:00Z"),
        labels::none(),
        "hour,lux\n0,900\n24,896\n48,890",
    )?;
    desk.file(
        "Patents/Rotating prism.docx",
        ("bob", "2026-08-22T11:11:00Z"),
        labels::both(labels::HIGHLY_CONFIDENTIAL),
        "# Rotating prism\nClaim 1: a prism that turns without a motor.",
    )?;
    desk.file(
        "Talks/Lighthouse day.pptx",
        ("bob", "2026-10-15T07:00:00Z"),
        labels::both(labels::PUBLIC),
        "Lighthouse day\nWhy light matters\nQuestions?",
    )?;
    let guest = desk.file(
        "For partners/Mounting guide.docx",
        ("bob", "2026-09-03T10:00:00Z"),
        labels::both(labels::GENERAL),
        "# Mounting guide\nFour bolts, then the cable.",
    )?;
    let mut shared = Access::group(Group::Research);
    shared.people.push(oid("dev"));
    if let Some(item) = desk.world.item_mut(&drive, &guest) {
        item.access = Some(shared);
        item.links.push(view(Scope::Organization));
    }
    let notebook = NewItem {
        drive: &drive,
        folder: "",
        name: "Lab notebook",
        when: "2026-11-17T12:00:00Z",
        by: by("bob"),
    };
    desk.world.add_item(&notebook, Kind::Package("oneNote"))?;
    Ok(())
}

pub(super) fn board(world: &mut World) -> Outcome<()> {
    let access = Access::group(Group::Board);
    let site = world.add_site(team_site("Board", "Board", "Papers of the board", access));
    let drive = first_drive(world, &site);
    let columns = vec![column("Decision", "Decision", "text", false)];
    let list = world.add_list(&site, "Decisions", "Decisions", "genericList", columns);
    let fields = row(&[("Title", "2026-11".into()), ("Decision", "Buy the old harbour".into())]);
    world.add_row(&list, fields, "2026-11-10T18:00:00Z", by("carla"));
    let mut desk = Desk { world, drive };
    desk.file(
        "Minutes/Minutes 2026-11.docx",
        ("carla", "2026-11-10T18:30:00Z"),
        labels::both(labels::BOARD_ONLY),
        "# Minutes of November\nThe board approves the budget and the purchase of the old harbour.",
    )?;
    desk.file(
        "Minutes/Agenda 2026-12.docx",
        ("carla", "2026-11-19T08:00:00Z"),
        labels::both(labels::CONFIDENTIAL),
        "# Agenda for December\nBudget, then dinner.",
    )?;
    Ok(())
}
