//! `Status = Active and "Due date" < 2026-12-01`: read, checked against the columns, and written
//! as OData. Graph is known to pass over filters in silence, so every row is checked again.

mod words;

use graph::model::ListItem;
use graph::text::odata_literal;
use jiff::{SignedDuration, Timestamp};
use platform::ToolError;
use serde_json::Value;

use self::words::Word;
use super::columns::{Column, Kind, Table};
use crate::model::Day;

const MAX_CHARS: usize = 500;
const MAX_CLAUSES: usize = 10;

/// One comparison.
pub(super) struct Clause<'a> {
    pub(super) column: &'a Column,
    test: Test,
}

/// How a column is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    StartsWith,
}

enum Test {
    Text(String, Operator),
    Number(String, f64, Operator),
    /// At or after the first, before the second.
    Between(Option<Timestamp>, Option<Timestamp>),
    Flag(bool),
    /// The number of a person or of a row elsewhere.
    Points(u64, Operator),
}

/// Reads a filter.
pub(super) fn parse<'a>(text: &str, table: &'a Table) -> Result<Vec<Clause<'a>>, ToolError> {
    if text.chars().count() > MAX_CHARS {
        return Err(wrong("at most 500 characters"));
    }
    let words = words::split(text);
    let clauses: Vec<&[Word]> = words.split(Word::is_and).collect();
    if clauses.len() > MAX_CLAUSES {
        return Err(wrong("at most 10 comparisons"));
    }
    clauses.into_iter().map(|clause| one(clause, table)).collect()
}

fn one<'a>(words: &[Word], table: &'a Table) -> Result<Clause<'a>, ToolError> {
    let at = words.iter().skip(1).position(|word| word.operator().is_some());
    let at = at.ok_or_else(|| wrong(FORM))? + 1;
    let (name, rest) = words.split_at(at);
    let Some((operator, value)) = rest.split_first() else { return Err(wrong(FORM)) };
    let operator = operator.operator().ok_or_else(|| wrong(FORM))?;
    if value.is_empty() || value.iter().chain(name).any(Word::is_sign) {
        return Err(wrong(FORM));
    }
    let column = table.column("filter", &words::joined(name))?;
    let test = test(column.kind, operator, &words::joined(value))?;
    Ok(Clause { column, test })
}

fn test(kind: Kind, operator: Operator, value: &str) -> Result<Test, ToolError> {
    use Operator::{Equal, NotEqual, StartsWith};

    match kind {
        Kind::Text | Kind::Choice => match operator {
            Equal | NotEqual | StartsWith => Ok(Test::Text(value.to_owned(), operator)),
            _ => Err(wrong("texts are compared with =, != and startswith")),
        },
        Kind::Number => {
            let plain = value.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
            let number = value.parse::<f64>().ok().filter(|number| plain && number.is_finite());
            match number {
                Some(number) if operator != StartsWith => {
                    Ok(Test::Number(value.to_owned(), number, operator))
                }
                _ => Err(wrong("numbers are written like -12.5 and have no startswith")),
            }
        }
        Kind::Date => between(operator, value),
        Kind::YesNo => {
            let yes = match value.to_ascii_lowercase().as_str() {
                "yes" | "true" | "1" => true,
                "no" | "false" | "0" => false,
                _ => return Err(wrong("such a column is yes or no")),
            };
            match operator {
                Equal => Ok(Test::Flag(yes)),
                NotEqual => Ok(Test::Flag(!yes)),
                _ => Err(wrong("yes and no are compared with = and !=")),
            }
        }
        Kind::Person | Kind::Lookup => match (value.trim_start_matches('#').parse(), operator) {
            (Ok(id), Equal | NotEqual) => Ok(Test::Points(id, operator)),
            _ => Err(wrong("people and lookups are compared by = and != with their id, like #12")),
        },
        Kind::Choices
        | Kind::People
        | Kind::Lookups
        | Kind::Link
        | Kind::Calculated
        | Kind::Other => Err(wrong("rows cannot be filtered by this kind of column")),
    }
}

/// A bare day means all of it.
fn between(operator: Operator, value: &str) -> Result<Test, ToolError> {
    const DAY: usize = "2026-11-01".len();
    let start = Day::try_from(value.to_owned()).map_err(wrong)?.timestamp();
    let unit = if value.len() == DAY {
        SignedDuration::from_hours(24)
    } else {
        SignedDuration::from_nanos(1)
    };
    let end = start.checked_add(unit).map_err(|_| wrong("too far in the future"))?;
    Ok(match operator {
        Operator::Equal => Test::Between(Some(start), Some(end)),
        Operator::Less => Test::Between(None, Some(start)),
        Operator::LessOrEqual => Test::Between(None, Some(end)),
        Operator::Greater => Test::Between(Some(end), None),
        Operator::GreaterOrEqual => Test::Between(Some(start), None),
        Operator::NotEqual | Operator::StartsWith => {
            return Err(wrong("dates are compared with =, <, <=, > and >="));
        }
    })
}

impl Clause<'_> {
    pub(super) fn odata(&self) -> String {
        let name = self.column.field();
        match &self.test {
            Test::Text(text, Operator::StartsWith) => {
                format!("startswith(fields/{name},{})", odata_literal(text))
            }
            Test::Text(text, operator) => {
                format!("fields/{name} {} {}", operator.odata(), odata_literal(text))
            }
            Test::Number(text, _, operator) => format!("fields/{name} {} {text}", operator.odata()),
            Test::Between(from, before) => {
                let from = from.map(|at| format!("fields/{name} ge '{at}'"));
                let before = before.map(|at| format!("fields/{name} lt '{at}'"));
                from.into_iter().chain(before).collect::<Vec<_>>().join(" and ")
            }
            // The words `true` and `false` are read the wrong way round by SharePoint.
            Test::Flag(yes) => format!("fields/{name} eq {}", u8::from(*yes)),
            Test::Points(id, operator) => {
                format!("fields/{} {} {id}", self.column.id_field(), operator.odata())
            }
        }
    }

    /// Whether a row meets it, by what the row says itself.
    pub(super) fn holds(&self, row: &ListItem) -> bool {
        let field = |name: &str| row.fields.as_ref().and_then(|fields| fields.get(name));
        let own = match self.column.name.as_str() {
            "ID" => row.id.clone().map(Value::String),
            "Created" => row.created_date_time.map(|at| Value::String(at.to_string())),
            "Modified" => row.last_modified_date_time.map(|at| Value::String(at.to_string())),
            _ => field(&self.column.field()).cloned(),
        };
        let own = own.unwrap_or_default();
        match &self.test {
            Test::Text(text, operator) => {
                let own = own.as_str().unwrap_or_default().trim().to_lowercase();
                let text = text.trim().to_lowercase();
                match operator {
                    Operator::StartsWith => own.starts_with(&text),
                    Operator::NotEqual => own != text,
                    _ => own == text,
                }
            }
            Test::Number(_, number, operator) => match number_of(&own) {
                Some(own) => operator.holds(own.partial_cmp(number)),
                None => *operator == Operator::NotEqual,
            },
            Test::Between(from, before) => {
                let own = own.as_str().and_then(|text| text.parse::<Timestamp>().ok());
                own.is_some_and(|own| {
                    from.is_none_or(|from| own >= from) && before.is_none_or(|before| own < before)
                })
            }
            Test::Flag(yes) => own.as_bool().unwrap_or_default() == *yes,
            Test::Points(id, operator) => {
                let own = field(&self.column.id_field()).and_then(number_of);
                #[expect(clippy::cast_precision_loss, reason = "ids of rows are small")]
                let same = own == Some(*id as f64);
                same == (*operator == Operator::Equal)
            }
        }
    }
}

fn number_of(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

impl Operator {
    fn odata(self) -> &'static str {
        match self {
            Self::Equal | Self::StartsWith => "eq",
            Self::NotEqual => "ne",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
        }
    }

    fn holds(self, order: Option<std::cmp::Ordering>) -> bool {
        let Some(order) = order else { return false };
        match self {
            Self::Equal | Self::StartsWith => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

fn wrong(problem: &'static str) -> ToolError {
    ToolError::invalid("filter", problem)
}

const FORM: &str = "write `column op value`, joined with `and`; quote names and values that hold \
     `and` or an operator";

#[cfg(test)]
mod tests;
