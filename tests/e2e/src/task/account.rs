//! An AWS account for each task: its own tables, under the names that the task definition has.
//!
//! All accounts of a run live in one moto, which takes seconds to start. It ends with this process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use crate::moto::{ask, credential};
use crate::{Engine, http, repository};

/// The first account; others follow.
const FIRST: u64 = 100_000_000_001;

/// An account with the tables of a connector.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Where its services are.
    pub(crate) url: String,
    /// What shows that a request belongs to it.
    pub(crate) access_key: String,
}

struct Shared {
    url: String,
    // It ends when its standard input does: with this process.
    _child: Mutex<Child>,
}

impl Account {
    /// A new one with these empty tables.
    pub(crate) async fn with_tables(tables: &[&str]) -> Self {
        static ACCOUNTS: AtomicU64 = AtomicU64::new(FIRST);
        let number = ACCOUNTS.fetch_add(1, Ordering::Relaxed);
        let url = shared().url.clone();
        let access_key = assumed(&url, number).await;
        for table in tables {
            let table = json!({
                "TableName": table,
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            });
            ask(&url, &access_key, "CreateTable", &table).await;
        }
        Self { url, access_key }
    }
}

/// The key of a role in an account, as a task gets it.
async fn assumed(url: &str, account: u64) -> String {
    let role = format!("arn:aws:iam::{account}:role/task");
    let form = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleSessionName", "story"),
        ("RoleArn", role.as_str()),
    ];
    let request = http().post(url).header("authorization", credential("stand-in", "sts"));
    let answer = request.form(&form).send().await.unwrap().text().await.unwrap();
    let key = answer.split("<AccessKeyId>").nth(1).and_then(|rest| rest.split('<').next());
    key.unwrap_or_else(|| panic!("no key: {answer}")).to_owned()
}

fn shared() -> &'static Shared {
    static MOTO: OnceLock<Shared> = OnceLock::new();
    MOTO.get_or_init(|| {
        let script = repository().join("tests/e2e/foreign/moto_server.py");
        let command = Engine::Python.command(&script);
        let mut command = command.unwrap_or_else(|missing| panic!("a task needs moto: {missing}"));
        let command = command.as_std_mut();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let url = said["listening"].as_str().unwrap().to_owned();
        Shared { url, _child: Mutex::new(child) }
    })
}
