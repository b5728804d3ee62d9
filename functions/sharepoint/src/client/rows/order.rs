//! `Due date desc`.

use platform::ToolError;

use super::columns::{Column, Kind, Table};

/// In which order rows come.
pub(super) struct Order<'a> {
    pub(super) column: &'a Column,
    down: bool,
}

impl<'a> Order<'a> {
    pub(super) fn parse(text: &str, table: &'a Table) -> Result<Self, ToolError> {
        let (name, down) = match text.rsplit_once(char::is_whitespace) {
            Some((name, word)) if word.eq_ignore_ascii_case("desc") => (name, true),
            Some((name, word)) if word.eq_ignore_ascii_case("asc") => (name, false),
            _ => (text, false),
        };
        let column = table.column("order_by", name.trim().trim_matches(['"', '\'']))?;
        match column.kind {
            Kind::Text | Kind::Number | Kind::Date | Kind::YesNo | Kind::Choice => {
                Ok(Self { column, down })
            }
            Kind::Choices
            | Kind::Person
            | Kind::People
            | Kind::Lookup
            | Kind::Lookups
            | Kind::Link
            | Kind::Calculated
            | Kind::Other => {
                Err(ToolError::invalid("order_by", "rows cannot be ordered by this kind of column"))
            }
        }
    }

    pub(super) fn odata(&self) -> String {
        format!("fields/{}{}", self.column.field(), if self.down { " desc" } else { "" })
    }
}
