//! `--revoke`: turns one person's tokens away, from the command line.

use uuid::Uuid;

use crate::assemble::storage;
use crate::clock::Clock;
use crate::config::{ConfigError, Vars};
use crate::store::{KillSwitch, Store};
use crate::usage::Usage;

const TENANT: &str = "MCP_SERVER_AZURE_TENANT_ID";

/// Whose tokens are refused.
#[derive(Debug, PartialEq, Eq)]
struct Person {
    oid: String,
    tid: String,
}

/// Refuses what was issued to the person of these arguments up to now, in the store that the
/// settings name; answers the line that says so.
pub(crate) async fn revoke(vars: &Vars, arguments: &[String]) -> anyhow::Result<String> {
    let person = Person::from_arguments(vars, arguments)?;
    let clock = Clock::System;
    let store = storage(vars, &clock).await?;
    if matches!(store, Store::Memory(_)) {
        let problem = "memory is not seen by another process; --revoke needs disk or dynamodb";
        return Err(ConfigError::new("STORAGE_TYPE", problem).into());
    }
    let now = clock.now();
    KillSwitch::new(store, clock)
        .refuse_issued_until(&person.tid, &person.oid, now, &Usage::default())
        .await?;
    Ok(format!(
        "Tokens issued to {} of tenant {} up to {now:.0} are refused; every instance follows within \
         30 seconds.",
        person.oid, person.tid
    ))
}

impl Person {
    fn from_arguments(vars: &Vars, arguments: &[String]) -> Result<Self, ConfigError> {
        let oid = after(arguments, "--revoke")
            .ok_or_else(|| ConfigError::new("--revoke", "expected the person's object id"))?;
        let tid = match after(arguments, "--tenant") {
            Some(tid) => tid,
            None => vars.required(TENANT)?,
        };
        Ok(Self { oid: guid("--revoke", oid)?, tid: guid("--tenant", tid)? })
    }
}

fn after<'a>(arguments: &'a [String], option: &str) -> Option<&'a str> {
    let mut rest = arguments.iter().skip_while(|argument| *argument != option);
    rest.nth(1).map(String::as_str)
}

/// As Entra writes them; another form would be an entry that no token ever meets.
fn guid(option: &str, text: &str) -> Result<String, ConfigError> {
    let guid = Uuid::try_parse(text).map_err(|_| ConfigError::new(option, "expected a GUID"))?;
    Ok(guid.as_hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Caller;
    use crate::store::Standing;

    const OID: &str = "0A4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a";
    const TID: &str = "5a4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a";
    const KEYS: &str =
        r#"{"active":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;

    fn arguments(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_person_is_turned_away_by_every_process_over_the_same_directory() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("store");
        let vars = Vars::from_pairs([
            ("STORAGE_TYPE", "disk"),
            ("STORAGE_DISK_DIRECTORY", place.to_str().unwrap()),
            ("STORAGE_ENCRYPTION_KEYS", KEYS),
            (TENANT, TID),
        ]);
        let said = revoke(&vars, &arguments(&format!("--revoke {OID}"))).await.unwrap();
        assert!(said.contains(&OID.to_lowercase()) && said.contains("30 seconds"), "{said}");

        let store = storage(&vars, &Clock::System).await.unwrap();
        let switch = KillSwitch::new(store, Clock::System);
        let standing = async |oid: &str| {
            let caller = Caller::for_tests(oid);
            switch.check(&caller, &Usage::default()).await
        };
        assert_eq!(standing(&OID.to_lowercase()).await, Standing::Refused);
        assert_eq!(standing("somebody-else").await, Standing::Allowed);
    }

    #[tokio::test]
    async fn what_cannot_work_is_refused_by_name() {
        let memory = Vars::from_pairs([(TENANT, TID)]);
        for (line, vars, says) in [
            (format!("--revoke {OID}"), &memory, "STORAGE_TYPE: memory is not seen"),
            (format!("--revoke {OID}"), &Vars::default(), TENANT),
            ("--revoke".to_owned(), &memory, "--revoke: expected"),
            ("--revoke ann@example.test".to_owned(), &memory, "--revoke: expected a GUID"),
            (format!("--revoke {OID} --tenant common"), &memory, "--tenant: expected a GUID"),
        ] {
            let problem = revoke(vars, &arguments(&line)).await.unwrap_err().to_string();
            assert!(problem.starts_with(says) && problem.lines().count() == 1, "{problem}");
        }
    }
}
