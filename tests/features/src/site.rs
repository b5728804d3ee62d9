//! Where a story is told: against a connector of its own on this machine, with the company around
//! it, or against one that is deployed, over HTTP and with nothing else.

use std::path::Path;

use e2e::{Company, Connector, Environment, Flavour, Moto, own_server};
use tempfile::TempDir;

/// The table of a story that keeps its records in DynamoDB.
const TABLE: &str = "storage";

/// Where a story is told.
pub(crate) enum Site<'c> {
    /// On this machine.
    Here(Box<Here<'c>>),
    /// Somewhere else.
    There(There),
}

/// A deployed connector.
#[derive(Clone)]
pub(crate) struct There {
    /// Its address, without a slash at the end.
    pub(crate) base_url: String,
    /// Its name.
    pub(crate) connector: String,
    /// Somebody's token for it.
    pub(crate) token: Option<String>,
}

/// A connector of the story's own, started when it is first needed.
pub(crate) struct Here<'c> {
    pub(crate) company: &'c Company,
    settings: Vec<(String, Option<String>)>,
    connector: Option<Connector<'c>>,
    disk: TempDir,
    moto: Option<Moto>,
}

impl<'c> Here<'c> {
    pub(crate) fn new(company: &'c Company) -> Self {
        let disk = tempfile::tempdir().unwrap();
        let mut here = Self { company, settings: Vec::new(), connector: None, disk, moto: None };
        // The limit is not what these stories are about.
        here.set("MCP_SERVER_RATE_LIMIT_RPM", "0");
        here.set("MCP_SERVER_AUTH_MODES", "direct,proxy");
        here
    }

    /// Gives the connector a setting, from its next start on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), Some(value.to_owned())));
    }

    /// Takes a setting from the connector, from its next start on.
    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.push((name.to_owned(), None));
    }

    /// Keeps the connector's records in this kind of storage.
    pub(crate) async fn keep_records_in(&mut self, storage: &str) {
        self.set("STORAGE_TYPE", storage);
        match storage {
            "memory" => {}
            "disk" => {
                let folder = self.disk_folder().to_str().unwrap().to_owned();
                self.set("STORAGE_DISK_DIRECTORY", &folder);
            }
            "dynamodb" => {
                let moto = Moto::start().await.expect("moto is installed");
                moto.create_table(TABLE).await;
                let variables = moto.environment(Environment::default());
                for (name, value) in variables.variables() {
                    self.set(name, value);
                }
                self.set("STORAGE_DYNAMODB_TABLE_NAME", TABLE);
                self.moto = Some(moto);
            }
            other => panic!("no storage is called {other}"),
        }
    }

    /// Stops what keeps the records.
    pub(crate) fn stop_storage(&mut self) {
        drop(self.moto.take().expect("a storage that can be stopped"));
    }

    /// Everything that is kept, as text.
    pub(crate) async fn dump(&self) -> String {
        if let Some(moto) = &self.moto {
            let items = moto.items(TABLE).await;
            let items: Vec<_> = items.iter().map(ToString::to_string).collect();
            return items.join("\n");
        }
        let mut dump = String::new();
        let mut folders = vec![self.disk_folder()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                dump.push_str(&path.to_string_lossy());
                if path.is_dir() {
                    folders.push(path);
                } else {
                    dump.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
                }
            }
        }
        dump
    }

    /// The running connector.
    pub(crate) async fn connector(&mut self) -> &Connector<'c> {
        if self.connector.is_none() {
            let settings = &self.settings;
            let started = own_server(self.company, |usual| changed(usual, settings)).await;
            self.connector = Some(started);
        }
        self.connector.as_ref().expect("it was started")
    }

    /// Ends the connector and starts it at the same address, with what is set by now.
    pub(crate) async fn start_anew(&mut self) {
        const AUDIT: &str = "AUDIT_FILE_DIRECTORY";
        let running = self.connector.take().expect("a connector that runs");
        let before = running.environment.clone();
        running.finish().await;
        let settings = &self.settings;
        let started = Connector::start(self.company, Flavour::Server, |usual| {
            changed(before.with(AUDIT, usual.get(AUDIT)), settings)
        });
        self.connector = Some(started.await);
    }

    /// What the connector would be started with.
    pub(crate) fn environment(&self) -> Environment {
        changed(self.company.environment(), &self.settings)
    }

    /// Ends the connector, if it was started; checks what it leaves behind.
    pub(crate) async fn finish(self) {
        if let Some(connector) = self.connector {
            connector.finish().await;
        }
    }

    /// The last lines that the connector wrote.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        let lines = self.connector.as_ref().map(Connector::log).unwrap_or_default();
        let last = lines.iter().rev().take(8).rev();
        last.map(|line| line.chars().take(400).collect()).collect()
    }

    fn disk_folder(&self) -> std::path::PathBuf {
        Path::join(self.disk.path(), "records")
    }
}

fn changed(environment: Environment, settings: &[(String, Option<String>)]) -> Environment {
    settings.iter().fold(environment, |environment, (name, value)| match value {
        Some(value) => environment.with(name, value),
        None => environment.without(name),
    })
}
