//! Files: metadata, label, bytes, label in the bytes, text.

use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use graph::labels::{COLUMN_EXPAND, Labelling};
use graph::model::DriveItem;
use graph::{Id, Operation};
use platform::{Call, ToolError};
use reading::{ReadError, Reading, Request, Unreadable};

use super::shown::{Shown, told};
use super::wanted::Wanted;
use super::without_text;
use crate::client::facts::meaning;
use crate::client::{Client, ITEM_FIELDS, select, shape};
use crate::model::{Document, Item};
use crate::policy::{Known, ReadFile, class_of_file};
use crate::reference::Reference;

/// What is kept of the call's time for the answer and its record.
const FOR_THE_ANSWER: Duration = Duration::from_millis(500);

impl Client {
    /// The text of a file or of one of its versions.
    pub(super) async fn read_file(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
        wanted: &Wanted,
    ) -> Result<Document, ToolError> {
        let (drive, item, found) = self.followed(call, drive, item).await?;
        if found.folder.is_some() {
            let problem = "a folder; sharepoint_browse lists what is in it";
            return Err(ToolError::invalid("target", problem));
        }
        let gone = ToolError::NotFound { what: "the file" };
        if found.package.is_some() {
            let shown = self.drive_item(&found, Labelling::Unlabelled).ok_or(gone)?;
            shown.reveal(call);
            return Ok(without_text(call, shown, wanted, NOTEBOOK));
        }
        let metadata = self.metadata_label(call, &found, (&drive, &item)).await?;
        let name = found.name.clone().unwrap_or_default();
        let known = Known {
            class: class_of_file(&name),
            metadata,
            old_version: wanted.version.is_some(),
            tenant: self.tenant(call),
        };
        let verdict = self.policy.judge(known.class, metadata);
        let mut shown = self.drive_item(&found, metadata).ok_or(gone)?;
        shown.reference = Reference::File { drive: drive.clone(), item: item.clone() };
        self.name_label(call, &mut shown).await;
        let why_not = if found.malware.is_some() {
            Some(MALWARE)
        } else if found.size == Some(0) && wanted.version.is_none() {
            Some("This file is empty.")
        } else {
            meaning(verdict, metadata)
        };
        if let Some(note) = why_not {
            shown.reveal(call);
            return Ok(without_text(call, shown, wanted, note));
        }
        let operation = match &wanted.version {
            Some(version) => Operation::ItemVersionContent { drive: &drive, item: &item, version },
            None => Operation::ItemContent { drive: &drive, item: &item },
        };
        let file = match self.fetched(call, &operation, wanted.request(&name)).await? {
            Ok(reading) => self.policy.screen_file(&known, reading.into()),
            Err(note) => {
                shown.reveal(call);
                return Ok(without_text(call, shown, wanted, &note));
            }
        };
        if (file.labelling, file.class) != (metadata, known.class) {
            shown.label = Some(self.label(file.class, file.labelling, None));
            self.name_label(call, &mut shown).await;
        }
        shown.reveal(call);
        if let Some(version) = &wanted.version {
            let id = format!("{}/{}", shown.reference.ids(), version.as_str());
            let label = shown.label.as_ref().and_then(|label| label.id.as_deref());
            call.reveal("version", &id, label, file.verdict.decision());
        }
        Ok(document(call, file, shown, wanted))
    }

    /// The item, or what a shortcut leads to.
    async fn followed(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
    ) -> Result<(Id, Id, DriveItem), ToolError> {
        let found = self.item(call, drive, item).await?;
        let Some(remote) = found.remote_item.as_deref() else {
            return Ok((drive.clone(), item.clone(), found));
        };
        let parent = remote.parent_reference.as_ref();
        let drive = shape::id(parent.and_then(|parent| parent.drive_id.as_ref()));
        let target = drive.zip(shape::id(remote.id.as_ref()));
        let (drive, item) = target.ok_or(ToolError::NotFound { what: "the shortcut's target" })?;
        let found = self.item(call, &drive, &item).await?;
        // A shortcut to a shortcut is none that SharePoint makes.
        if found.remote_item.is_some() {
            return Err(ToolError::NotFound { what: "the shortcut's target" });
        }
        Ok((drive, item, found))
    }

    async fn item(&self, call: &Call, drive: &Id, item: &Id) -> Result<DriveItem, ToolError> {
        let query = vec![select(ITEM_FIELDS), ("$expand", COLUMN_EXPAND.to_owned())];
        self.graph.get(call, &Operation::ItemGet { drive, item }, query).await
    }

    /// The bytes, read as they come; a text for the person where they cannot be.
    async fn fetched(
        &self,
        call: &Call,
        operation: &Operation<'_>,
        request: Request,
    ) -> Result<Result<Reading, String>, ToolError> {
        let max_bytes = usize::try_from(self.reader.limits().max_file_bytes).unwrap_or(usize::MAX);
        let outcome = match self.graph.download(call, operation, max_bytes).await {
            Ok(download) => {
                let stream = std::pin::pin!(download.into_stream());
                self.read_stream(call, request, stream).await
            }
            Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(reading) => Ok(Ok(reading)),
            Err(Trouble::Told(text)) => Ok(Err(text)),
            // The file is there, so what is known of it is told beside the reason.
            Err(Trouble::Failed(
                error @ (ToolError::Locked { .. } | ToolError::FileTooLarge { .. }),
            )) => Ok(Err(sentence(&error.to_string()))),
            Err(Trouble::Failed(error)) => Err(error),
        }
    }

    /// Reads bytes in a child process.
    pub(super) async fn read_stream<S>(
        &self,
        call: &Call,
        request: Request,
        stream: S,
    ) -> Result<Reading, Trouble>
    where
        S: Stream<Item = Result<Bytes, ToolError>> + Unpin,
    {
        let time = call.remaining().saturating_sub(FOR_THE_ANSWER);
        match self.reader.read(request, stream, time).await {
            Ok(reading) => Ok(reading),
            Err(ReadError::Source(error)) => Err(Trouble::Failed(error)),
            Err(ReadError::Unreadable(Unreadable::Unavailable)) => {
                tracing::error!(
                    event = "reading_unavailable",
                    "no child could be started to read a file"
                );
                Err(Trouble::Failed(ToolError::Internal))
            }
            Err(ReadError::Unreadable(problem)) => {
                let reason = match problem {
                    Unreadable::TimedOut => "timed_out",
                    Unreadable::Busy => "busy",
                    _ => "unsafe",
                };
                tracing::warn!(
                    event = "file_unreadable",
                    reason,
                    "a file could not be read in its child"
                );
                Err(Trouble::Told(sentence(&problem.to_string())))
            }
        }
    }
}

/// A file that was judged, beside its item.
fn document(call: &Call, file: ReadFile, item: Item, wanted: &Wanted) -> Document {
    let mut shown = match file.text {
        Some(Ok(extract)) => Shown::new(extract, &item),
        Some(Err(problem)) => Shown { notes: vec![sentence(&told(&problem))], ..Shown::default() },
        None => {
            let why = meaning(file.verdict, file.labelling).unwrap_or(WITHHELD);
            return without_text(call, item, wanted, why);
        }
    };
    if let Some((named, is)) = file.mismatch {
        shown.notes.push(format!("Its name says {}, but it is: {}.", named.name(), is.name()));
    }
    shown.of(call, item, wanted)
}

/// Why bytes gave no reading.
pub(super) enum Trouble {
    /// What the person is told beside the facts.
    Told(String),
    /// What ends the call.
    Failed(ToolError),
}

impl From<ToolError> for Trouble {
    fn from(error: ToolError) -> Self {
        Self::Failed(error)
    }
}

/// A fragment as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

const NOTEBOOK: &str = "A OneNote notebook cannot be read here; open its url in OneNote.";
const MALWARE: &str = "SharePoint found malware in this file, so it is not read. Do not open it.";
const WITHHELD: &str = "Its content is withheld; open the url to read it.";
