//! Facts about one thing, without its content.

use graph::Operation as Op;
use graph::labels::{COLUMN_EXPAND, Labelling, from_column};
use graph::model::{Drive, DriveItem, List, ListItem, Site, SitePage};
use graph::{Id, Operation};
use platform::{Call, ToolError};

use super::shape::{self, when, who};
use super::{Client, DRIVE_FIELDS, ITEM_FIELDS, LIST_FIELDS, PAGE_FIELDS, SITE_FIELDS, select};
use crate::model::{Facts, Include, Item, ItemKind, Metadata};
use crate::policy::{Class, Verdict, class_of_file};
use crate::reference::Reference;

pub(super) const ROW_FIELDS: &str = "id,webUrl,parentReference,sharepointIds,createdDateTime,createdBy,\
     lastModifiedDateTime,lastModifiedBy";
const MAX_MIME: usize = 100;

impl Client {
    /// Facts about whatever an argument names.
    pub async fn facts(&self, call: &Call, args: &Metadata) -> Result<Facts, ToolError> {
        let reference = self.resolve(call, "target", &args.target).await?;
        let mut facts =
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
        if let Some(text) = facts.item.label.as_ref().and_then(|label| meaning(label.decision)) {
            facts.notes.push(text.to_owned());
        }
        Ok(facts)
    }

    async fn all_facts(
        &self,
        call: &Call,
        reference: Reference,
        with_label: bool,
    ) -> Result<Facts, ToolError> {
        let graph = &self.graph;
        match reference {
            Reference::Site { site } => {
                let query = vec![select(SITE_FIELDS)];
                let found: Site = graph.get(call, &Op::SiteGet { site: &site }, query).await?;
                let mut facts = plain(shape::site_as_item(&found), "the site")?;
                facts.created = when(found.created_date_time);
                Ok(facts)
            }
            Reference::Drive { drive } => {
                let query = vec![select(DRIVE_FIELDS)];
                let found: Drive = graph.get(call, &Op::DriveGet { drive: &drive }, query).await?;
                let mut facts = plain(shape::drive(&found), "the library")?;
                facts.created = when(found.created_date_time);
                Ok(facts)
            }
            Reference::List { site, list } => {
                let query = vec![select(LIST_FIELDS)];
                let operation = Op::ListGet { site: &site, list: &list };
                let mut found: List = graph.get(call, &operation, query).await?;
                found.list = None;
                let mut facts = plain(shape::list(&site, &found), "the list")?;
                facts.created = when(found.created_date_time);
                Ok(facts)
            }
            Reference::Page { site, page } => {
                let query = vec![select(PAGE_FIELDS)];
                let operation = Op::SitePageGet { site: &site, page: &page };
                let found: SitePage = graph.get(call, &operation, query).await?;
                let mut facts = plain(self.page(&site, &found), "the page")?;
                facts.created = when(found.created_date_time);
                facts.created_by = who(found.created_by.as_ref());
                Ok(facts)
            }
            Reference::Row { site, list, row } => self.row_facts(call, &site, &list, &row).await,
            Reference::File { drive, item } | Reference::Folder { drive, item } => {
                self.item_facts(call, &drive, &item, with_label).await
            }
        }
    }

    async fn row_facts(
        &self,
        call: &Call,
        site: &Id,
        list: &Id,
        row: &Id,
    ) -> Result<Facts, ToolError> {
        let operation = Op::ListItemGet { site, list, row };
        let expand = ("$expand", "fields($select=Title)".to_owned());
        let query = vec![select(ROW_FIELDS), expand];
        let found: ListItem = self.graph.get(call, &operation, query).await?;
        let is_page = found.web_url.as_deref().is_some_and(|url| url.contains("/SitePages/"));
        let kind = if is_page { ItemKind::Page } else { ItemKind::ListItem };
        let mut facts = plain(self.row(&found, kind), "the row")?;
        // What was asked for is what is answered, whatever ids the answer carries.
        facts.item.reference =
            Reference::Row { site: site.clone(), list: list.clone(), row: row.clone() };
        facts.created = when(found.created_date_time);
        facts.created_by = who(found.created_by.as_ref());
        Ok(facts)
    }

    async fn item_facts(
        &self,
        call: &Call,
        drive: &Id,
        item: &Id,
        with_label: bool,
    ) -> Result<Facts, ToolError> {
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
            let refused = matches!(inside, Labelling::Unknown(graph::labels::Doubt::Refused));
            labelling = if refused && column == Labelling::Unlabelled { column } else { inside };
        }
        let mut facts = plain(self.drive_item(&found, labelling), "the file or folder")?;
        facts.created = when(found.created_date_time);
        facts.created_by = who(found.created_by.as_ref());
        let mime = found.file.as_ref().and_then(|file| file.mime_type.as_deref());
        facts.content_type = mime.map(|mime| graph::text::clean(mime, MAX_MIME));
        facts.children = found.folder.as_ref().and_then(|folder| folder.child_count);
        self.name_label(call, &mut facts.item).await;
        Ok(facts)
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

/// What a verdict means for the person.
pub(super) fn meaning(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Allowed => None,
        Verdict::Redacted => {
            Some("Its label does not permit its content to be shown here; open the url to read it.")
        }
        Verdict::Unknown => Some(
            "Its label could not be read, so its content is withheld; open the url to read it.",
        ),
        Verdict::Unlabelled => Some(
            "It has no label, so its content is withheld; open the url to read it, or have its owner label it.",
        ),
    }
}
