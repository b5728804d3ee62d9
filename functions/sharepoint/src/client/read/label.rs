//! Which label a file has before its bytes are read, and how it is named.

use graph::Id;
use graph::Operation;
use graph::labels::{self, Doubt, Labelling};
use graph::model::DriveItem;
use platform::{Call, ToolError};

use crate::client::Client;
use crate::client::evidence::changed_lately;
use crate::model::Item;
use crate::policy::{Class, class_of_file};

impl Client {
    /// The tenant whose labels count.
    pub(super) fn tenant<'a>(&'a self, call: &'a Call) -> &'a str {
        self.policy.tenant().unwrap_or(&call.caller().tid)
    }

    /// The label by the metadata. The file itself is asked where the column could be wrong and
    /// believing it would let content out, or where it says nothing.
    pub(super) async fn metadata_label(
        &self,
        call: &Call,
        found: &DriveItem,
        (drive, item): (&Id, &Id),
    ) -> Result<Labelling, ToolError> {
        let column = labels::from_column(found);
        let class = class_of_file(found.name.as_deref().unwrap_or_default());
        let certain = match column {
            Labelling::Label(id) => !self.policy.permits(id) || !changed_lately(found, call.now()),
            Labelling::Protected => true,
            Labelling::Unlabelled => class != Class::Document,
            Labelling::Unknown(_) => false,
        };
        if certain {
            return Ok(column);
        }
        let operation = Operation::ItemExtractLabels { drive, item };
        let inside = self.graph.extract_labels(call, &operation, self.tenant(call)).await?;
        // A file type without labels is refused; the column's word stands then.
        let refused = inside == Labelling::Unknown(Doubt::Refused);
        Ok(if refused && column == Labelling::Unlabelled { column } else { inside })
    }

    /// Names the label as the tenant does, where the policy does not name it.
    pub(in crate::client) async fn name_label(&self, call: &Call, item: &mut Item) {
        if let Some(label) = item.label.as_mut()
            && let (Some(id), None) = (&label.id, &label.name)
            && let Ok(known) = self.graph.label_catalogue(call).await
        {
            let own = known.iter().find(|label| label.id.to_string() == *id);
            label.name = own.map(|label| label.name.clone()).filter(|name| !name.is_empty());
        }
    }
}
