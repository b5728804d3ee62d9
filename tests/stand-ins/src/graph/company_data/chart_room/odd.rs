//! Files that are locked, lie about themselves, or are a danger to whoever opens them.

use bytes::Bytes;

use crate::company::Group;
use crate::graph::company_data::{Desk, by, oid, view};
use crate::graph::errors::Outcome;
use crate::graph::files::{archive, pdf, protected, word};
use crate::graph::labels::{self, GENERAL};
use crate::graph::model::{Access, Kind, Link, Scope};
use crate::graph::world::NewItem;

const WHEN: &str = "2026-11-08T08:00:00Z";

/// Files with a password, whose metadata promises that they may be read.
pub(super) fn protected(desk: &mut Desk<'_>) -> Outcome<()> {
    for (path, bytes) in [
        ("Protected/Sealed chart.pdf", protected::pdf("The sealed chart shows the old minefield.")),
        ("Protected/Sealed plan.docx", protected::word()),
    ] {
        desk.bytes(path, ("bob", WHEN), labels::only_in_metadata(GENERAL), (bytes, ""))?;
    }
    Ok(())
}

/// A file with links of every scope, and files that are kept elsewhere.
pub(super) fn shared(desk: &mut Desk<'_>) -> Outcome<()> {
    let text = "# Open chart\nThe fairway is marked by red and green.";
    let item = desk.file("Shared/Open chart.docx", ("bob", WHEN), labels::both(GENERAL), text)?;
    let drive = desk.drive.clone();
    let mut access = Access::group(Group::Watch);
    access.people = vec![oid("bob"), oid("dev")];
    if let Some(item) = desk.world.item_mut(&drive, &item) {
        item.access = Some(access);
    }
    let until = Some("2027-01-31T00:00:00Z".to_owned());
    for link in [
        Link { expires: until, ..view(Scope::Anonymous) },
        view(Scope::Organization),
        Link { edit: true, ..view(Scope::Users(vec![oid("dev")])) },
    ] {
        desk.world.share(&drive, &item, link);
    }
    for (name, target) in
        [("Journeys.docx", "Travel policy.docx"), ("Endurance.docx", "LED endurance test.docx")]
    {
        let found = desk.world.items.iter().find(|item| item.name == target);
        let Some((to, item)) = found.map(|item| (item.drive.clone(), item.id.clone())) else {
            continue;
        };
        let new = NewItem { drive: &drive, folder: "Odd", name, when: WHEN, by: by("bob") };
        desk.world.add_item(&new, Kind::Shortcut { drive: to, item })?;
    }
    Ok(())
}

/// Macros, a name that lies, a part that swells, nothing at all, a virus, a notebook.
pub(super) fn deceptive(desk: &mut Desk<'_>) -> Outcome<()> {
    let general = labels::both(GENERAL);
    let text = "The log with macros closes at midnight.";
    for (name, bytes, text) in [
        ("Macro log.docm", word::with_macros(text, &general), text),
        (
            "Really a PDF.docx",
            pdf::from_text("This page is a PDF, whatever its name says.", &general),
            "This page is a PDF, whatever its name says.",
        ),
        ("Swollen.docx", archive::swollen(), ""),
        ("Nothing.docx", Bytes::new(), ""),
        ("Infected.docx", word::from_text("Nobody should get this far.", &general), ""),
    ] {
        let path = format!("Odd/{name}");
        let labels = match name {
            "Swollen.docx" | "Nothing.docx" => labels::only_in_metadata(GENERAL),
            _ => general.clone(),
        };
        desk.bytes(&path, ("bob", WHEN), labels, (bytes, text))?;
    }
    let infected = desk.world.items.iter_mut().find(|item| item.name == "Infected.docx");
    if let Some(item) = infected {
        item.malware = true;
    }
    let drive = desk.drive.clone();
    let notebook =
        NewItem { drive: &drive, folder: "Odd", name: "Watch notebook", when: WHEN, by: by("bob") };
    desk.world.add_item(&notebook, Kind::Package("oneNote"))?;
    Ok(())
}
