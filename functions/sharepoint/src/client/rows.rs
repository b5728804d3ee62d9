//! Rows of a list: the list with its columns (remembered for a while), then one page of rows.

mod cell;
mod columns;
mod filter;
mod order;

use graph::labels::Labelling;
use graph::model::ListItem;
use graph::{Id, Operation, Position};
use platform::answer::DEFAULT_PAGE_CHARS;
use platform::{Call, Page, ToolError};
use serde::{Deserialize, Serialize};

pub(super) use columns::Table;

use self::columns::Column;
use self::filter::Clause;
use self::order::Order;
use super::row_kind::RowKind;
use super::shape::{self, when, who};
use super::{Client, select};
use crate::address;
use crate::model::{ListRows, RowItem, Rows};
use crate::policy::{Class, Verdict};
use crate::reference::Reference;

const ROW_FIELDS: &str =
    "id,webUrl,contentType,createdDateTime,lastModifiedDateTime,lastModifiedBy";

/// Where a list goes on.
#[derive(Clone, Serialize, Deserialize)]
struct Place {
    link: Option<Position>,
    skip: usize,
}

/// What is asked of a list.
struct Question<'a> {
    shown: Vec<&'a Column>,
    clauses: Vec<Clause<'a>>,
    order: Option<Order<'a>>,
    verdict: Verdict,
}

impl Client {
    /// Rows of a list, as far as the policy lets cells out.
    pub async fn rows(&self, call: &Call, args: &ListRows) -> Result<Rows, ToolError> {
        let from: Option<Place> =
            args.cursor.as_deref().map(|cursor| call.open_cursor(cursor)).transpose()?;
        let from = from.unwrap_or(Place { link: None, skip: 0 });
        let (site, list) = self.list_named(call, &args.list).await?;
        let table = self.table(call, &site, &list).await?;
        let question = self.question(&table, args)?;
        let unindexed = question.unindexed();
        let operation =
            Operation::ListItems { site: &site, list: &list, unindexed: !unindexed.is_empty() };
        let query = question.options(args.limit.get());
        let found = self.graph.page::<ListItem>(call, &operation, query, from.link.clone()).await?;

        let total = found.items.len();
        let asked = || found.items.iter().enumerate().skip(from.skip);
        let fitting = |row: &ListItem| question.clauses.iter().all(|clause| clause.holds(row));
        let left_out = asked().filter(|(_, row)| !fitting(row)).count();
        let (ends, items): (Vec<usize>, Vec<RowItem>) = asked()
            .filter(|(_, row)| fitting(row))
            .filter_map(|(at, row)| Some((at + 1, question.row(&site, &list, row)?)))
            .take(args.limit.get())
            .unzip();
        let all_seen = items.len() < args.limit.get();
        let page = Page::fit(call, items, DEFAULT_PAGE_CHARS, |shown| {
            let after = shown.checked_sub(1).and_then(|at| ends.get(at)).copied();
            let end = after.filter(|_| !(all_seen && shown == ends.len())).unwrap_or(total);
            if end < total {
                return Some(Place { link: from.link.clone(), skip: end });
            }
            found.next.clone().map(|next| Place { link: Some(next), skip: 0 })
        });
        let ids = format!("{}/{}", site.as_str(), list.as_str());
        call.reveal("list", &ids, None, question.verdict.decision());
        for row in &page.items {
            let verdict = if row.cells.is_some() { Verdict::Allowed } else { question.verdict };
            call.reveal(row.reference.kind(), &row.reference.ids(), None, verdict.decision());
        }
        let mut notes = question.notes(&page.items, &unindexed);
        if page.items.is_empty() && page.next_cursor.is_none() {
            notes.push("There are no such rows that you may see.".to_owned());
        }
        if left_out > 0 {
            notes.push(format!("{left_out} rows that do not fit the filter were left out."));
        }
        Ok(Rows {
            title: table.title.clone(),
            decision: question.verdict,
            columns: question.shown.iter().map(|c| c.info(args.columns.is_empty())).collect(),
            items: page.items,
            next_cursor: page.next_cursor,
            truncated: page.truncated,
            notes,
        })
    }

    async fn list_named(&self, call: &Call, text: &str) -> Result<(Id, Id), ToolError> {
        match self.resolve(call, "list", text).await? {
            Reference::List { site, list } | Reference::Row { site, list, .. } => Ok((site, list)),
            Reference::File { .. }
            | Reference::Folder { .. }
            | Reference::Drive { .. }
            | Reference::Site { .. }
            | Reference::Page { .. } => Err(ToolError::invalid(
                "list",
                "not a list; sharepoint_browse shows the lists of a site and the files of a library",
            )),
        }
    }

    fn question<'a>(&self, table: &'a Table, args: &ListRows) -> Result<Question<'a>, ToolError> {
        let verdict = self.policy.judge(Class::Row, Labelling::Unlabelled);
        let shown = table.chosen(&args.columns)?;
        let clauses = match args.filter.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => filter::parse(text, table)?,
            None => Vec::new(),
        };
        let order = match args.order_by.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(Order::parse(text, table)?),
            None => None,
        };
        // Whoever may ask which rows hold a value has read it.
        let secret = |column: &Column| verdict != Verdict::Allowed && !column.is_metadata();
        if clauses.iter().any(|clause| secret(clause.column)) {
            return Err(ToolError::invalid("filter", WITHHELD_QUESTION));
        }
        if order.as_ref().is_some_and(|order| secret(order.column)) {
            return Err(ToolError::invalid("order_by", WITHHELD_QUESTION));
        }
        Ok(Question { shown, clauses, order, verdict })
    }
}

impl Question<'_> {
    fn options(&self, limit: usize) -> Vec<(&'static str, String)> {
        let mut wanted: Vec<String> = vec!["id".to_owned()];
        if self.verdict == Verdict::Allowed {
            let asked = self.clauses.iter().map(|clause| clause.column);
            wanted.extend(self.shown.iter().copied().chain(asked).flat_map(Column::fields));
        }
        let mut seen = std::collections::BTreeSet::new();
        wanted.retain(|name| seen.insert(name.clone()));
        let mut query = vec![
            select(ROW_FIELDS),
            ("$expand", format!("fields($select={})", wanted.join(","))),
            ("$top", limit.to_string()),
        ];
        if !self.clauses.is_empty() {
            let clauses: Vec<String> = self.clauses.iter().map(Clause::odata).collect();
            query.push(("$filter", clauses.join(" and ")));
        }
        if let Some(order) = &self.order {
            query.push(("$orderby", order.odata()));
        }
        query
    }

    /// Names of the columns without an index that rows are looked up by.
    fn unindexed(&self) -> Vec<String> {
        let ordered = self.order.iter().map(|order| order.column);
        let columns = self.clauses.iter().map(|clause| clause.column).chain(ordered);
        let mut names: Vec<String> =
            columns.filter(|column| !column.indexed).map(|column| column.title.clone()).collect();
        names.dedup();
        names
    }

    fn row(&self, site: &Id, list: &Id, found: &ListItem) -> Option<RowItem> {
        let row = shape::id(found.id.as_ref())?;
        let may = self.verdict == Verdict::Allowed && RowKind::of(found) == RowKind::Plain;
        let fields = found.fields.as_ref();
        let cell = |column: &&Column| cell::text(column, found, fields);
        Some(RowItem {
            reference: Reference::Row { site: site.clone(), list: list.clone(), row },
            url: found.web_url.as_deref().and_then(address::shown_text),
            created: when(found.created_date_time),
            when: when(found.last_modified_date_time),
            who: who(found.last_modified_by.as_ref()),
            cells: may.then(|| self.shown.iter().map(cell).collect()),
        })
    }

    fn notes(&self, shown: &[RowItem], unindexed: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        if self.verdict != Verdict::Allowed {
            notes.push(WITHHELD.to_owned());
        } else if shown.iter().any(|row| row.cells.is_none()) {
            notes.push("Rows that are documents are shown without cells.".to_owned());
        }
        let ids = |at: usize| {
            let mut cells = shown.iter().filter_map(|row| row.cells.as_ref()?.get(at));
            cells.any(|cell| cell.starts_with('#'))
        };
        let numbered = self.shown.iter().enumerate().filter(|(at, c)| c.is_reference() && ids(*at));
        let numbered: Vec<&str> = numbered.map(|(_, column)| column.title.as_str()).collect();
        if !numbered.is_empty() {
            let names = numbered.join(", ");
            notes.push(format!("Graph gives only lookup ids (#…), not names, for: {names}."));
        }
        if !unindexed.is_empty() {
            let names = unindexed.join(", ");
            notes.push(format!(
                "No index on: {names}. On a long list this may be slow, refused or incomplete."
            ));
        }
        notes
    }
}

const WITHHELD: &str = "Cell values are withheld: rows cannot carry a label, and the policy here \
     keeps them. Open a row's url to read it; sharepoint_labels tells the rules.";
const WITHHELD_QUESTION: &str =
    "cell values are withheld here, so only ID, Created and Modified can be used";
