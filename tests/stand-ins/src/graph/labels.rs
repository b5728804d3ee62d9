//! The company's catalogue of sensitivity labels.

use super::model::{Label, Labelling};
use crate::company::TENANT;

/// For anyone.
pub const PUBLIC: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
/// For people who work here and their partners.
pub const GENERAL: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
/// For people who work here.
pub const CONFIDENTIAL: &str = "33333333-cccc-4ccc-8ccc-000000000003";
/// For few.
pub const HIGHLY_CONFIDENTIAL: &str = "44444444-dddd-4ddd-8ddd-000000000004";
/// For the board only; lies below `HIGHLY_CONFIDENTIAL`.
pub const BOARD_ONLY: &str = "55555555-eeee-4eee-8eee-000000000005";

/// Every label.
pub const CATALOGUE: &[Label] = &[
    Label {
        id: PUBLIC,
        name: "Public",
        description: "Made for publication.",
        priority: 0,
        protects: false,
        parent: None,
    },
    Label {
        id: GENERAL,
        name: "General",
        description: "Daily work; may be shared with partners.",
        priority: 1,
        protects: false,
        parent: None,
    },
    Label {
        id: CONFIDENTIAL,
        name: "Confidential",
        description: "Would harm the company if it got out.",
        priority: 2,
        protects: false,
        parent: None,
    },
    Label {
        id: HIGHLY_CONFIDENTIAL,
        name: "Highly Confidential",
        description: "Would harm the company badly if it got out.",
        priority: 3,
        protects: true,
        parent: None,
    },
    Label {
        id: BOARD_ONLY,
        name: "Board only",
        description: "For the members of the board.",
        priority: 4,
        protects: true,
        parent: Some(HIGHLY_CONFIDENTIAL),
    },
];

/// The label with this id, in any case.
pub fn find(id: &str) -> Option<&'static Label> {
    CATALOGUE.iter().find(|label| label.id.eq_ignore_ascii_case(id))
}

/// No label anywhere.
pub fn none() -> Labelling {
    Labelling::default()
}

/// The same label in the column and in the file.
pub fn both(id: &str) -> Labelling {
    stale(Some(id), id)
}

/// A column that is behind the file.
pub fn stale(column: Option<&str>, file: &str) -> Labelling {
    Labelling {
        column: column.map(str::to_owned),
        file: vec![(file.to_owned(), TENANT.to_owned())],
        ..Labelling::default()
    }
}

/// Metadata that is behind the file everywhere: the column and what the service extracts say one
/// thing, the bytes another.
pub fn only_in_bytes(metadata: Option<&str>, file: &str) -> Labelling {
    let told = metadata.map(|label| (label.to_owned(), TENANT.to_owned()));
    Labelling { extracted: Some(told.into_iter().collect()), ..stale(metadata, file) }
}

/// Metadata about a file whose format has no place for a label.
pub fn only_in_metadata(label: &str) -> Labelling {
    Labelling {
        column: Some(label.to_owned()),
        extracted: Some(vec![(label.to_owned(), TENANT.to_owned())]),
        ..Labelling::default()
    }
}

/// A label that the service cannot read, with its code for the reason.
pub fn locked(code: &'static str) -> Labelling {
    Labelling { locked: Some(code), ..stale(None, HIGHLY_CONFIDENTIAL) }
}
