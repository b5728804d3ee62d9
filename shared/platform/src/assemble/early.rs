//! What can be had before the first event: connections, credentials and Entra's keys, asked for
//! side by side and beside the settings that are kept in SSM.

use std::sync::Arc;

use futures::future::join_all;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::{Cloud, PREPARE};
use crate::clock::Clock;
use crate::config::Vars;
use crate::http_client::HttpClient;
use crate::identity::{EntraSettings, KeyStore};
use crate::store::{Freshness, Store, Table};
use crate::usage::Usage;

/// A key that no item has: what is asked for is the connection.
const NOTHING: &str = "WARM";

/// What is asked for early. It is done once, takes at most [`PREPARE`], and fails nothing: what
/// could not be had now is asked for again when it is needed.
pub(super) struct Early<'a> {
    vars: &'a Vars,
    cloud: &'a Cloud<'a>,
    http_client: &'a HttpClient,
    clock: &'a Clock,
    keys: OnceCell<Option<(EntraSettings, Arc<KeyStore>)>>,
}

impl<'a> Early<'a> {
    /// Asks for nothing yet.
    pub(super) fn new(
        vars: &'a Vars,
        cloud: &'a Cloud<'a>,
        http_client: &'a HttpClient,
        clock: &'a Clock,
    ) -> Self {
        Self { vars, cloud, http_client, clock, keys: OnceCell::new() }
    }

    /// Asks now, unless that was done before.
    pub(super) async fn ask(&self) {
        self.keys
            .get_or_init(|| async {
                let keys = self.key_store();
                let prepare = async {
                    if let Some((_, keys)) = &keys {
                        let _ = keys.prepare().await;
                    }
                };
                let all = async { tokio::join!(prepare, self.tables(), self.stream()) };
                let _ = timeout(PREPARE, all).await;
                keys
            })
            .await;
    }

    /// The keys of these settings, or a store without keys when other ones were asked for.
    pub(super) async fn keys(&self, entra: &Arc<EntraSettings>) -> Arc<KeyStore> {
        self.ask().await;
        match self.keys.get() {
            Some(Some((settings, keys))) if settings == entra.as_ref() => keys.clone(),
            _ => {
                let (http_client, clock) = (self.http_client.clone(), self.clock.clone());
                let keys = Arc::new(KeyStore::new(entra.clone(), http_client, clock));
                let _ = timeout(PREPARE, keys.prepare()).await;
                keys
            }
        }
    }

    /// Settings that are still in SSM are seen later, with all others.
    fn key_store(&self) -> Option<(EntraSettings, Arc<KeyStore>)> {
        if self.vars.get("ENABLE_OAUTH") == Some("false") {
            return None;
        }
        let settings = EntraSettings::from_vars(self.vars).ok()?;
        let (http_client, clock) = (self.http_client.clone(), self.clock.clone());
        let keys = KeyStore::new(Arc::new(settings.clone()), http_client, clock);
        Some((settings, Arc::new(keys)))
    }

    /// One small reading of each table.
    async fn tables(&self) {
        let tables = [
            ("STORAGE_TYPE", "STORAGE_DYNAMODB_TABLE_NAME", "STORAGE_DYNAMODB_REGION"),
            ("CACHE_TYPE", "CACHE_DYNAMODB_TABLE_NAME", ""),
        ];
        let readings = tables.map(|(kind, table, region)| async move {
            let table = self.vars.get(table)?;
            if self.vars.get(kind) != Some("dynamodb") {
                return None;
            }
            let aws = self.cloud.get().ok()?;
            let client = match self.vars.get(region) {
                Some(region) => aws.dynamodb_in(region),
                None => aws.dynamodb(),
            };
            let store = Store::Dynamodb(Table::new(client, table, self.clock.clone()));
            store.get(NOTHING, Freshness::Eventual, &Usage::default()).await.ok()
        });
        join_all(readings).await;
    }

    /// A batch without a record: the stream refuses it, over the connection that the first record
    /// will take.
    async fn stream(&self) {
        let (Some("firehose"), Some(stream)) =
            (self.vars.get("AUDIT_TYPE"), self.vars.get("AUDIT_FIREHOSE_STREAM_NAME"))
        else {
            return;
        };
        if let Ok(aws) = self.cloud.get() {
            let empty = aws.firehose().put_record_batch().delivery_stream_name(stream);
            let _ = empty.set_records(Some(Vec::new())).send().await;
        }
    }
}
