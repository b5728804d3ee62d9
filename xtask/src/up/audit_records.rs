//! The audit records that connectors left in files.

use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

/// The newest record of a connector below this folder.
///
/// Event ids are UUIDs of version 7, which sort by time.
pub(super) fn newest(folder: &Path, connector: &str) -> anyhow::Result<Option<Value>> {
    let mut newest: Option<(String, Value)> = None;
    for record in records_below(folder)? {
        if record.get("connector").and_then(Value::as_str) != Some(connector) {
            continue;
        }
        let id = record.get("event_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if newest.as_ref().is_none_or(|(known, _)| *known < id) {
            newest = Some((id, record));
        }
    }
    Ok(newest.map(|(_, record)| record))
}

fn records_below(folder: &Path) -> anyhow::Result<Vec<Value>> {
    let mut records = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            records.extend(records_below(&path)?);
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("reading {}", path.display()))?;
        for line in text.lines().filter(|line| !line.is_empty()) {
            let record = serde_json::from_str(line)
                .with_context(|| format!("{} holds a broken record", path.display()))?;
            records.push(record);
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_record_of_the_connector_is_found_whatever_file_it_is_in() {
        let folder = tempfile::tempdir().unwrap();
        let day = folder.path().join("2026/11");
        std::fs::create_dir_all(&day).unwrap();
        let line = |id: &str, connector: &str| {
            format!("{{\"event_id\":\"{id}\",\"connector\":\"{connector}\"}}\n")
        };
        let first = line("0193-1", "sharepoint") + &line("0193-3", "sharepoint");
        std::fs::write(folder.path().join("a.ndjson"), first).unwrap();
        let second = line("0193-2", "sharepoint") + &line("0193-9", "outlook");
        std::fs::write(day.join("21.ndjson"), second).unwrap();

        let found = newest(folder.path(), "sharepoint").unwrap().unwrap();
        assert_eq!(found["event_id"], "0193-3");
        assert_eq!(newest(folder.path(), "teams").unwrap(), None);
    }

    #[test]
    fn a_broken_record_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.ndjson"), "{\"event_id\":").unwrap();
        assert!(newest(folder.path(), "sharepoint").is_err());
    }
}
