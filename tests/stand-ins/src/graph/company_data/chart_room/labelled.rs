//! Files whose places for a label agree, disagree, or are empty.

use crate::company::TENANT;
use crate::graph::company_data::Desk;
use crate::graph::errors::Outcome;
use crate::graph::files::word;
use crate::graph::labels::{self, CONFIDENTIAL, GENERAL, PUBLIC};
use crate::graph::model::Labelling;

/// The same two formats in every situation.
pub(super) fn labels(desk: &mut Desk<'_>) -> Outcome<()> {
    for (name, labels, text) in [
        ("Agreed", labels::both(PUBLIC), "The light of the mole is white over red."),
        (
            "Behind",
            labels::stale(Some(GENERAL), CONFIDENTIAL),
            "The column is behind: the cable to the mole was cut.",
        ),
        (
            "Behind everywhere",
            labels::only_in_bytes(Some(GENERAL), CONFIDENTIAL),
            "All metadata is behind: the cable was cut by our own anchor.",
        ),
        (
            "Column missing",
            labels::stale(None, GENERAL),
            "The column came too late: the cable is mended.",
        ),
        (
            "Metadata missing",
            labels::only_in_bytes(None, GENERAL),
            "Only the bytes know that this is General.",
        ),
        ("Withheld", labels::both(CONFIDENTIAL), "The diver's report names the ship."),
        (
            "Label taken off",
            Labelling {
                removed: vec![(CONFIDENTIAL.to_owned(), TENANT.to_owned())],
                ..labels::both(GENERAL)
            },
            "This was Confidential until the wreck was lifted.",
        ),
        ("Unlabelled", labels::none(), "Nobody labelled the tide gauge."),
    ] {
        for ending in ["docx", "pdf"] {
            let path = format!("Labels/{name}.{ending}");
            desk.file(&path, ("ann", "2026-11-07T08:00:00Z"), labels.clone(), text)?;
        }
    }
    for (name, code) in [
        ("Double key", "fileDoubleKeyEncrypted"),
        ("Not supported", "fileDecryptionNotSupported"),
        ("Deferred", "fileDecryptionDeferred"),
    ] {
        let path = format!("Labels/{name}.docx");
        let bytes = (crate::graph::files::protected::word(), "");
        desk.bytes(&path, ("ann", "2026-11-07T09:00:00Z"), labels::locked(code), bytes)?;
    }
    Ok(())
}

/// Files of three versions whose labels went down, and up.
pub(super) fn versions(desk: &mut Desk<'_>) -> Outcome<()> {
    let stories: [(&str, [(&str, &str); 3]); 2] = [
        (
            "Versions/Cleared chart.docx",
            [
                (CONFIDENTIAL, "# Cleared chart\nDraft: the wreck lies at the third buoy."),
                (GENERAL, "# Cleared chart\nSecond: a wreck is reported near the fairway."),
                (GENERAL, "# Cleared chart\nThird: the fairway is open again."),
            ],
        ),
        (
            "Versions/Closed chart.docx",
            [
                (GENERAL, "# Closed chart\nFirst: the sound is free of ice."),
                (GENERAL, "# Closed chart\nSecond: ice forms in the sound."),
                (CONFIDENTIAL, "# Closed chart\nThird: the ferry was damaged by ice."),
            ],
        ),
    ];
    for (path, versions) in stories {
        let whens = ["2026-08-01T08:00:00Z", "2026-09-01T08:00:00Z", "2026-10-01T08:00:00Z"];
        for ((label, text), when) in versions.into_iter().zip(whens) {
            let labels = labels::both(label);
            desk.bytes(
                path,
                ("bob", when),
                labels.clone(),
                (word::from_text(text, &labels), text),
            )?;
        }
    }
    Ok(())
}
