//! `cargo xtask env`: the env file of a connector for `cargo lambda watch`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::ensure;
use clap::Args;

use crate::addresses::{Addresses, DEFAULT_PORT};
use crate::environment::{Setting, fresh_keyring};
use crate::repository::Repository;

/// Host names under which `cargo lambda watch` is reached.
const WATCH_HOSTS: &str = ",127.0.0.1:9000,localhost:9000";

/// Options of `cargo xtask env`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The connector that will be started.
    connector: String,
    /// The port that `cargo xtask up` runs on; its stand-ins are used.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
}

/// Prints the file.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    let (place, connector) = repository.connector(&options.connector)?;
    let audit = repository.target.join("up").join("watch").join("audit");
    std::fs::create_dir_all(&audit)?;
    let setting = Setting {
        repository: &repository,
        connector: &connector,
        place,
        addresses: Addresses::starting_at(options.port)?,
        audit: &audit,
        storage: None,
        keyring: &fresh_keyring()?,
    };
    let mut variables = setting.variables()?;
    if let Some(hosts) = variables.get_mut("MCP_SERVER_ALLOWED_HOSTS") {
        hosts.push_str(WATCH_HOSTS);
    }
    print!("{}", file_of(&variables)?);
    Ok(())
}

/// One `NAME=value` line per variable, which a shell and `cargo lambda` read alike.
fn file_of(variables: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let mut file = String::new();
    for (name, value) in variables {
        writeln!(file, "{name}={}", quoted(name, value)?)?;
    }
    Ok(file)
}

fn quoted(name: &str, value: &str) -> anyhow::Result<String> {
    // Inside single quotes a shell takes a backslash as it is and `cargo lambda` does not.
    let ambiguous = value.chars().any(|c| c == '\'' || c == '\\' || c.is_control());
    ensure!(!ambiguous, "{name}: a quote, a backslash or a line break cannot stand in an env file");
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:,@+".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        Ok(value.to_owned())
    } else {
        Ok(format!("'{value}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_only_where_a_shell_would_take_them_apart() {
        for (value, expected) in [
            ("http://127.0.0.1:8090/v1.0", "http://127.0.0.1:8090/v1.0"),
            ("a,b", "a,b"),
            ("", "''"),
            ("two words", "'two words'"),
            ("a#b", "'a#b'"),
            ("$HOME", "'$HOME'"),
            (
                r#"{"active":"k1","keys":{"k1":"a+b/="}}"#,
                r#"'{"active":"k1","keys":{"k1":"a+b/="}}'"#,
            ),
        ] {
            assert_eq!(quoted("V", value).unwrap(), expected);
        }
    }

    #[test]
    fn values_that_two_readers_would_read_differently_are_refused_by_name() {
        for value in ["it's", "a\\b", "a\nb", "a\rb"] {
            let refusal = quoted("SECRET_NAME", value).unwrap_err().to_string();
            assert!(refusal.contains("SECRET_NAME") && !refusal.contains(value), "{refusal}");
        }
    }

    #[test]
    fn the_file_has_one_line_per_variable_in_order() {
        let variables = [("B", "2"), ("A", "x y")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(file_of(&BTreeMap::from(variables)).unwrap(), "A='x y'\nB=2\n");
    }
}
