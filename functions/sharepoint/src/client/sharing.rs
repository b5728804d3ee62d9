//! Where a sharing link leads, without redeeming it: nothing is granted by asking.

use graph::Operation;
use graph::model::DriveItem;
use platform::{Call, ToolError};

use super::{Client, select, shape};
use crate::address::SharingLink;
use crate::reference::Reference;

const FIELDS: &str = "id,name,parentReference,file,folder,package,remoteItem,webUrl";

impl Client {
    /// The file or folder that a sharing link leads to.
    pub(super) async fn shared(
        &self,
        call: &Call,
        argument: &'static str,
        link: &SharingLink,
    ) -> Result<Reference, ToolError> {
        let closed = || ToolError::invalid(argument, CLOSED);
        let encoded = link.encoded().ok_or_else(closed)?;
        let operation = Operation::Share { link: &encoded };
        let asked = self.graph.get::<DriveItem>(call, &operation, vec![select(FIELDS)]).await;
        let found = asked.map_err(|error| match error {
            ToolError::Forbidden { .. }
            | ToolError::NotFound { .. }
            | ToolError::Locked { .. }
            | ToolError::Rejected { .. } => closed(),
            other => other,
        })?;
        let target = found.remote_item.as_deref().unwrap_or(&found);
        let drive = target.parent_reference.as_ref().and_then(|parent| parent.drive_id.as_ref());
        let (Some(drive), Some(item)) = (shape::id(drive), shape::id(target.id.as_ref())) else {
            return Err(closed());
        };
        Ok(if target.root.is_some() {
            Reference::Drive { drive }
        } else if target.folder.is_some() {
            Reference::Folder { drive, item }
        } else {
            Reference::File { drive, item }
        })
    }
}

const CLOSED: &str = "this sharing link cannot be followed for you here; open it in the browser \
     once, then give the address that the browser shows, or search for the file by its name";
