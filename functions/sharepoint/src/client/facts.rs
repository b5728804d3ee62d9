//! Facts about one thing, without its content.

use graph::Operation as Op;
use graph::labels::{COLUMN_EXPAND, Doubt, Labelling, from_column};
use graph::model::{Drive, DriveItem, List, ListItem, Site, SitePage};
use graph::{Id, Operation};
use platform::{Call, ToolError};

use super::row_kind::RowKind;
use super::shape::{self, when, who};
use super::{Client, DRIVE_FIELDS, ITEM_FIELDS, LIST_FIELDS, PAGE_FIELDS, SITE_FIELDS, select};
use crate::model::{Facts, Include, Item, ItemKind, Metadata};
use crate::policy::{Class, Verdict, class_of_file};
use crate::reference::Reference;

pub(super) const ROW_FIELDS: &str = "id,webUrl,parentReference,sharepointIds,createdDateTime,createdBy,\
     lastModifiedDateTime,lastModifiedBy,contentType";
const MAX_MIME: usize = 100;

impl Client {
    /// Facts about whatever an argument names.
    pub async fn facts(&self, call: &Call, args: &Metadata) -> Result<Facts, ToolError> {
        let reference = self.resolve(call, "target", &args.target).await?;
        let (mut facts, labelling) =
            self.all_facts(call, reference, args.include.contains(&Include::Label)).await?;
        facts.item.reveal(call);
        self.add_access(call, &args.include, &mut facts).await?;
        if !args.include.contains(&Include::Dates) {
            facts.item.when = None;
            facts.item.who = None;
            facts.created = None;
            facts.created_by = None;
        }
        if !args.include.contains(&Include::Label) {
            facts.item.label = None;
        }
        if let Some(text) =
            facts.item.label.as_ref().and_then(|label| meaning(label.decision, labelling))
        {
            facts.notes.push(text.to_owned());
        }
        Ok(facts)
    }

    async fn all_facts(
        &self,
        call: &Call,
        reference: Reference,
        with_label: bool,
    ) -> Result<(Facts, Labelling), ToolError> {
        let graph = &self.graph;
        let facts = match reference {
            Reference::Site { site } => {
                let query = vec![select(SITE_FIELDS)];
                let found: Site = graph.get(call, &Op::SiteGet { site: &site }, query).await?;
                let mut facts = plain(shape::site_as_item(&found), "the site")?;
                facts.created = when(found.created_date_time);
                facts
            }
            Reference::Drive { drive } => {
                let query = vec![select(DRIVE_FIELDS)];
                let found: Drive = graph.get(call, &Op::DriveGet { drive: &drive }, query).await?;
                let mut facts = plain(shape::drive(&found), "the library")?;
                facts.created = when(found.created_date_time);
                facts
            }
            Reference::List { site, list } => {
                let query = vec![select(LIST_FIELDS)];
                let operation = Op::ListGet { site: &site, list: &list };
                let mut found: List = graph.get(call, &operation, query).await?;
                found.list = None;
                let mut facts = plain(shape::list(&site, &found), "the list")?;
                facts.created = when(found.created_date_time);
                facts
            }
            Reference::Page { site, page } => {
                let query = vec![select(PAGE_FIELDS)];
                let operation = Op::SitePageGet { site: &site, page: &page };
                let found: SitePage = graph.get(call, &operation, query).await?;
                let mut facts = plain(self.page(&site, &found), "the page")?;
                facts.created = when(found.created_date_time);
                facts.created_by = who(found.created_by.as_ref());
                facts
            }
            Reference::Row { site, list, row } => {
                return self.row_facts(call, &site, &list, &row).await;
            }
            Reference::File { drive, item } | Reference::Folder { drive, item } => {
                return self.item_facts(call, &drive, &item, with_label).await;
            }
        };
        Ok((facts, Labelling::Unlabelled))
    }

    async fn row_facts(
        &self,
        call: &Call,
        site: &Id,
        list: &Id,
        row: &Id,
    ) -> Result<(Facts, Labelling), ToolError> {
        let operation = Op::ListItemGet { site, list, row };
        let expand = ("$expand", "fields($select=Title)".to_owned());
        let query = vec![select(ROW_FIELDS), expand];
        let mut found: ListItem = self.graph.get(call, &operation, query).await?;
        let kind = RowKind::of(&found);
        if kind == RowKind::Document {
            // The title of a file is content of the file.
            found.fields = None;
        }
        let shown_as = if kind == RowKind::Page { ItemKind::Page } else { ItemKind::ListItem };
        let mut facts = plain(self.row(&found, shown_as), "the row")?;
        let mut labelling = Labelling::Unlabelled;
        if kind == RowKind::Document {
            labelling = Labelling::Unknown(Doubt::NotReported);
            facts.item.label = Some(self.label(Class::Document, labelling, None));
            facts.item.note = Some("a file; its url tells more".to_owned());
        }
        // What was asked for is what is answered, whatever ids the answer carries.
        facts.item.reference =
            Reference::Row { site: site.clone(), list: list.clone(), row: row.clone() };
        facts.created = when(found.created_date_time);
        facts.created_by = who(found.created_by.as_ref());
        Ok((facts, labelling))
    }

    async fn item_facts(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
        with_label: bool,
    ) -> Result<(Facts, Labelling), ToolError> {
        let query = vec![select(ITEM_FIELDS), ("$expand", COLUMN_EXPAND.to_owned())];
        let found: DriveItem = self.graph.get(call, &Op::ItemGet { drive, item }, query).await?;
        let column = from_column(&found);
        let mut labelling = self.evidence(&found, call.now());
        let class = class_of_file(found.name.as_deref().unwrap_or_default());
        let is_file = found.file.is_some() && found.remote_item.is_none();
        let unsure = matches!(labelling, Labelling::Unlabelled | Labelling::Unknown(_));
        // The column may be a day behind; the file itself knows.
        if with_label && is_file && unsure && class == Class::Document {
            let operation = Operation::ItemExtractLabels { drive, item };
            let tenant = self.policy.tenant().unwrap_or(&call.caller().tid);
            let inside = self.graph.extract_labels(call, &operation, tenant).await?;
            // A file type without labels is refused; the column's word stands then.
            let refused = matches!(inside, Labelling::Unknown(Doubt::Refused));
            labelling = if refused && column == Labelling::Unlabelled { column } else { inside };
        }
        let mut facts = plain(self.drive_item(&found, labelling), "the file or folder")?;
        facts.created = when(found.created_date_time);
        facts.created_by = who(found.created_by.as_ref());
        let mime = found.file.as_ref().and_then(|file| file.mime_type.as_deref());
        facts.content_type = mime.map(|mime| graph::text::clean(mime, MAX_MIME));
        facts.children = found.folder.as_ref().and_then(|folder| folder.child_count);
        self.name_label(call, &mut facts.item).await;
        Ok((facts, labelling))
    }
}

fn plain(item: Option<Item>, what: &'static str) -> Result<Facts, ToolError> {
    let item = item.ok_or(ToolError::NotFound { what })?;
    Ok(Facts {
        item,
        created: None,
        created_by: None,
        content_type: None,
        children: None,
        versions: None,
        access: None,
        notes: Vec::new(),
    })
}

/// What a verdict means for the person, as far as the label says why.
pub(super) fn meaning(verdict: Verdict, labelling: Labelling) -> Option<&'static str> {
    Some(match (verdict, labelling) {
        (Verdict::Allowed, _) => return None,
        (_, Labelling::Protected) => {
            "It is encrypted, so its content cannot be shown here; open the url in its own program."
        }
        (Verdict::Redacted, _) => {
            "Its label does not permit its content to be shown here; open the url to read it."
        }
        (Verdict::Unlabelled, _) => {
            "It has no label, so its content is withheld; open the url to read it, or have its owner label it."
        }
        (Verdict::Unknown, Labelling::Unknown(Doubt::Foreign)) => {
            "Its label is of another organisation, so its content is withheld; open the url to read it."
        }
        (Verdict::Unknown, Labelling::Unknown(Doubt::Several)) => {
            "It has several labels, so its content is withheld; open the url to read it, or have its owner keep one."
        }
        (Verdict::Unknown, Labelling::Unknown(Doubt::Unconfirmed)) => {
            "Its label is not confirmed yet, so its content is withheld; open the url to read it, or try again later."
        }
        (Verdict::Unknown, _) => {
            "Its label could not be read, so its content is withheld; open the url to read it."
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_sentence() {
        let unknown = |doubt| meaning(Verdict::Unknown, Labelling::Unknown(doubt)).unwrap();
        for (text, words) in [
            (meaning(Verdict::Redacted, Labelling::Protected).unwrap(), "encrypted"),
            (meaning(Verdict::Redacted, Labelling::Protected).unwrap(), "in its own program"),
            (unknown(Doubt::Foreign), "of another organisation"),
            (unknown(Doubt::Several), "several labels"),
            (unknown(Doubt::Unconfirmed), "try again later"),
            (unknown(Doubt::NotReported), "could not be read"),
            (meaning(Verdict::Unlabelled, Labelling::Unlabelled).unwrap(), "no label"),
        ] {
            assert!(text.contains(words) && text.contains("open the url"), "{text}");
        }
        assert_eq!(meaning(Verdict::Allowed, Labelling::Unlabelled), None);
    }
}
