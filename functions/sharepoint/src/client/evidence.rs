//! How far a library's label column can be trusted.

use graph::labels::{self, Doubt, Labelling};
use graph::model::DriveItem;
use jiff::{SignedDuration, Timestamp};

use super::Client;
use crate::policy::{Class, Verdict, class_of_file};

/// The column can be a day behind the file; an hour more for clocks and rounding.
const LAG: SignedDuration = SignedDuration::from_hours(25);

impl Client {
    /// The label that the column says, or doubt where the column could be wrong and trusting it
    /// would let content out: the file changed lately, or the column says nothing.
    pub(super) fn evidence(&self, found: &DriveItem, now: Timestamp) -> Labelling {
        let column = labels::from_column(found);
        let class = class_of_file(found.name.as_deref().unwrap_or_default());
        if self.policy.judge(class, column) != Verdict::Allowed {
            return column;
        }
        let certain = match column {
            // The column of a shortcut is not that of the file it leads to.
            Labelling::Label(_) => found.remote_item.is_none() && !changed_lately(found, now),
            Labelling::Unlabelled => class != Class::Document,
            Labelling::Unknown(_) | Labelling::Protected => true,
        };
        if certain { column } else { Labelling::Unknown(Doubt::Unconfirmed) }
    }
}

/// Whether a file changed within the time that its column can be behind, or nobody knows when.
pub(super) fn changed_lately(found: &DriveItem, now: Timestamp) -> bool {
    found.last_modified_date_time.is_none_or(|at| at.duration_until(now) < LAG)
}
