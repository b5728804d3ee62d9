//! Reading: metadata and label first, then the bytes, then the label in the bytes; only what the
//! policy lets through after both is shown.

mod file;
mod label;
mod page;
mod row;
mod shown;
mod wanted;

use platform::{Call, ToolError};

use super::Client;
use crate::model::{Document, Item, Read};
use crate::reference::Reference;
use shown::Shown;
use wanted::Wanted;

impl Client {
    /// The text of a file, a page or a row, as far as it may leave.
    pub async fn read_target(&self, call: &Call, args: &Read) -> Result<Document, ToolError> {
        let wanted = Wanted::new(call, args)?;
        let reference = self.resolve(call, "target", &args.target).await?;
        self.read_reference(call, reference, &wanted).await
    }

    /// As much of a thing as usually fits.
    pub async fn read_all(&self, call: &Call, reference: Reference) -> Result<Document, ToolError> {
        let wanted = Wanted::new(call, &Read::all_of(String::new()))?;
        self.read_reference(call, reference, &wanted).await
    }

    async fn read_reference(
        &self,
        call: &Call,
        reference: Reference,
        wanted: &Wanted,
    ) -> Result<Document, ToolError> {
        let refused = |problem: &str| Err(ToolError::invalid("target", problem));
        match reference {
            Reference::File { drive, item } => self.read_file(call, &drive, &item, wanted).await,
            Reference::Page { site, page } => self.read_page(call, &site, &page, wanted).await,
            Reference::Row { site, list, row } => {
                self.read_row(call, (&site, &list, &row), wanted).await
            }
            Reference::Folder { .. } | Reference::Drive { .. } | Reference::Site { .. } => {
                refused("a place, not a text; sharepoint_browse lists what is in it")
            }
            Reference::List { .. } => {
                refused("a list; sharepoint_list_rows shows its rows, and one row can be read")
            }
        }
    }
}

/// A thing without its text.
fn without_text(call: &Call, item: Item, wanted: &Wanted, note: &str) -> Document {
    Shown { notes: vec![note.to_owned()], ..Shown::default() }.of(call, item, wanted)
}
