//! The intranet, and everyone's `OneDrive`.

use super::{Desk, ONEDRIVE_HOST, by, everyone, first_drive, row, team_site, view};
use crate::company::{PEOPLE, person};
use crate::graph::errors::Outcome;
use crate::graph::labels;
use crate::graph::model::{Access, Kind, Scope};
use crate::graph::world::{NewItem, NewSite, World, column};

pub(super) fn home(world: &mut World) -> Outcome<()> {
    let root = world.add_site(team_site("", "Harbourlight", "Start page", everyone()));
    world.add_page(
        &root,
        ("Home.aspx", "Welcome to Harbourlight", ""),
        &["<p>Lights that bring ships home.</p>"],
        "2026-01-12T08:00:00Z",
        by("carla"),
    );
    let intranet = world.add_site(team_site(
        "Intranet",
        "Company news",
        "News, rules and forms for everyone",
        everyone(),
    ));
    let parent = Some(intranet.clone());
    world.add_site(NewSite {
        parent,
        path: "/sites/Intranet/it".to_owned(),
        followers: Vec::new(),
        ..team_site("it", "IT help", "Guides from the IT desk", everyone())
    });
    pages(world, &intranet);
    holidays(world, &intranet);
    let drive = first_drive(world, &intranet);
    let mut desk = Desk { world, drive };
    desk.file(
        "Policies/Travel policy.docx",
        ("carla", "2026-03-02T09:15:00Z"),
        labels::both(labels::PUBLIC),
        "# Travel policy\nTrains before planes.\nHotels up to 140 EUR a night & breakfast.\nReceipts go to Finance within 30 days.",
    )?;
    desk.file(
        "Policies/Security handbook.pdf",
        ("carla", "2026-05-18T10:00:00Z"),
        labels::both(labels::GENERAL),
        "Security handbook\nLock your screen.\nReport lost keys within one hour.",
    )?;
    desk.file(
        "Policies/読みやすい規程 📄.docx",
        ("bob", "2026-04-07T07:30:00Z"),
        labels::both(labels::GENERAL),
        "# 旅費規程\n出張は電車を優先する。\n領収書は30日以内に提出。",
    )?;
    desk.file(
        "Handbook notes.md",
        ("ann", "2026-06-01T11:00:00Z"),
        labels::none(),
        "# Notes\nThe phrase lighthousekeeper is only in this body.",
    )?;
    desk.file("Empty.txt", ("ann", "2026-06-01T11:05:00Z"), labels::none(), "")?;
    Ok(())
}

fn pages(world: &mut World, site: &str) {
    world.add_page(
        site,
        ("Office-move.aspx", "Office move in December", "We move to the old harbour"),
        &[
            "<h2>When</h2><p>On <strong>12 December 2026</strong> &amp; not earlier.</p>",
            "<p>Boxes arrive a week before. Questions to <a href=\"mailto:carla@harbourlight.example\">Carla</a>.</p>",
        ],
        "2026-11-16T14:00:00Z",
        by("carla"),
    );
    world.add_page(
        site,
        ("Summer-party.aspx", "Summer party", "Photos and thanks"),
        &["<p>Thank you all for a bright evening.</p>"],
        "2026-07-06T08:00:00Z",
        by("bob"),
    );
}

fn holidays(world: &mut World, site: &str) {
    let columns = vec![
        column("HolidayDate", "Date", "dateTime", true),
        column("Country", "Country", "choice", false),
    ];
    let list = world.add_list(site, "Holidays", "Public holidays", "genericList", columns);
    for (title, date, country) in [
        ("New Year", "2026-01-01T00:00:00Z", "DK"),
        ("Labour Day", "2026-05-01T00:00:00Z", "DE"),
        ("Christmas Day", "2026-12-25T00:00:00Z", "DK"),
    ] {
        let fields = row(&[
            ("Title", title.into()),
            ("HolidayDate", date.into()),
            ("Country", country.into()),
        ]);
        world.add_row(&list, fields, "2026-01-12T09:00:00Z", by("carla"));
    }
}

pub(super) fn onedrives(world: &mut World) -> Outcome<()> {
    for owner in PEOPLE.iter().filter(|person| !person.groups.is_empty()) {
        let site = world.add_site(NewSite {
            host: ONEDRIVE_HOST,
            path: format!("/personal/{}_harbourlight_example", owner.key),
            title: owner.name.to_owned(),
            description: String::new(),
            access: Access::people(&[owner.oid]),
            parent: None,
            personal: Some(owner.oid.to_owned()),
            followers: Vec::new(),
            created: "2026-01-12T08:00:00Z".to_owned(),
        });
        let drive = first_drive(world, &site);
        let mut desk = Desk { world, drive };
        desk.file(
            "Notes/To do.txt",
            (owner.key, "2026-11-19T16:20:00Z"),
            labels::none(),
            &format!("{}'s list\nCall the harbour master\nBook the dentist", owner.name),
        )?;
        let plan = desk.file(
            "Plans/Career plan.docx",
            (owner.key, "2026-09-30T18:00:00Z"),
            labels::both(labels::CONFIDENTIAL),
            &format!("# Career plan of {}\nAsk for more light.", owner.name),
        )?;
        if owner.key == "bob" {
            share_with_ann(world, &site, &plan);
            shortcut(world, &site)?;
        }
    }
    Ok(())
}

/// Bob shows his plan to Ann.
fn share_with_ann(world: &mut World, site: &str, item: &str) {
    let drive = first_drive(world, site);
    let people: Vec<&str> =
        ["bob", "ann"].iter().filter_map(|key| person(key)).map(|p| p.oid).collect();
    let access = Access::people(&people);
    if let Some(item) = world.item_mut(&drive, item) {
        item.access = Some(access);
        item.links.push(view(Scope::Organization));
    }
}

/// Bob keeps a shortcut to the laboratory's protocols.
fn shortcut(world: &mut World, site: &str) -> Outcome<()> {
    let target = world
        .items
        .iter()
        .find(|item| item.name == "Protocols" && matches!(item.kind, Kind::Folder))
        .map(|item| (item.drive.clone(), item.id.clone()));
    let drive = first_drive(world, site);
    if let Some((to, item)) = target {
        let new = NewItem {
            drive: &drive,
            folder: "",
            name: "Lab protocols",
            when: "2026-08-03T08:00:00Z",
            by: by("bob"),
        };
        world.add_item(&new, Kind::Shortcut { drive: to, item })?;
    }
    Ok(())
}
