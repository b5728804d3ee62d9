//! What people type, made safe for Graph; what Graph answers, made safe for people.

mod clean;
mod kql;

pub use clean::{clean, snippet};
pub use kql::{fenced, phrase};

/// A text as a literal of OData: in quotes, with inner quotes doubled and no control characters.
pub fn odata_literal(text: &str) -> String {
    let inner: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", inner.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_a_literal_are_doubled() {
        assert_eq!(odata_literal("O'Neill\n"), "'O''Neill'");
    }
}
