//! The store in a DynamoDB table: partition key `pk`, expiry in `ttl`.

mod wire;

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure,
};

use super::{Condition, Freshness, Item, StoreError, Update};
use crate::clock::Clock;
use crate::usage::{CapacityUnits, Usage};
use wire::{Expression, PK, Refusal};

/// One DynamoDB table; clones share the client.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: String,
    clock: Clock,
}

impl Table {
    /// A table by name. Sends nothing.
    pub fn new(client: Client, name: impl Into<String>, clock: Clock) -> Self {
        Self { client, name: name.into(), clock }
    }

    pub(super) async fn get(
        &self,
        key: &str,
        freshness: Freshness,
        usage: &Usage,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .key(PK, text(key))
            .consistent_read(freshness == Freshness::Latest)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| wire::failure(&error))?;
        count_read(usage, answer.consumed_capacity.as_slice());
        Ok(answer.item.and_then(|item| self.live(item)))
    }

    pub(super) async fn get_many(
        &self,
        keys: &[&str],
        freshness: Freshness,
        usage: &Usage,
    ) -> Result<Vec<Item>, StoreError> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys =
            keys.into_iter().map(|key| HashMap::from([(PK.to_owned(), text(key))])).collect();
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(freshness == Freshness::Latest)
            .build()
            .map_err(|_| StoreError::refused("no keys"))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.name, wanted)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| wire::failure(&error))?;
        count_read(usage, answer.consumed_capacity());
        // What it left undone, it left because the table is busy.
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Throttled);
        }
        let found = answer.responses.unwrap_or_default().remove(&self.name);
        let found = found.unwrap_or_default().into_iter();
        Ok(found.filter_map(|item| self.live(item)).collect())
    }

    pub(super) async fn put(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        self.send_put(self.put_request(item), usage).await
    }

    pub(super) async fn put_new(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        let mut expression = Expression::default();
        let condition = expression.absent(self.clock.now_s());
        let request = self
            .put_request(item)
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.send_put(request, usage).await
    }

    pub(super) async fn update(&self, update: Update, usage: &Usage) -> Result<Item, StoreError> {
        let mut expression = Expression::default();
        let changes = expression.changes(update.set, update.expires_at_s);
        let live = expression.live(self.clock.now_s());
        let condition = match &update.condition {
            Condition::Live => live,
            condition => format!("{live} AND ({})", expression.condition(condition)),
        };
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(PK, text(&update.key))
            .set_update_expression(changes)
            .condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| self.refused_write(&error, usage))?;
        count_write(usage, answer.consumed_capacity.as_slice());
        answer.attributes.and_then(wire::item).ok_or(StoreError::Unreachable)
    }

    pub(super) async fn take(&self, key: &str, usage: &Usage) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key(PK, text(key))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| wire::failure(&error))?;
        count_write(usage, answer.consumed_capacity.as_slice());
        Ok(answer.attributes.and_then(|item| self.live(item)))
    }

    fn put_request(&self, item: Item) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(wire::attributes(item)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    async fn send_put(
        &self,
        request: PutItemFluentBuilder,
        usage: &Usage,
    ) -> Result<(), StoreError> {
        let answer = request.send().await.map_err(|error| self.refused_write(&error, usage))?;
        count_write(usage, answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// The error of a write. DynamoDB bills a refused condition by the item that was there, and
    /// does not report it, so it is counted here.
    fn refused_write<E: Refusal>(&self, error: &SdkError<E>, usage: &Usage) -> StoreError {
        let Some(old) = wire::refused_by(error) else {
            return wire::failure(error);
        };
        let old = wire::item(old);
        let started_kb = old.as_ref().map_or(1, |item| item.size().div_ceil(1024));
        usage.add_dynamodb(CapacityUnits {
            read: 0.0,
            write: f64::from(u32::try_from(started_kb).unwrap_or(u32::MAX)),
        });
        let live = old.filter(|item| item.is_live(self.clock.now_s()));
        StoreError::ConditionFailed(live.map(Box::new))
    }

    fn live(&self, attributes: HashMap<String, AttributeValue>) -> Option<Item> {
        wire::item(attributes).filter(|item| item.is_live(self.clock.now_s()))
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({})", self.name)
    }
}

fn text(key: &str) -> AttributeValue {
    AttributeValue::S(key.to_owned())
}

fn count_read(usage: &Usage, consumed: &[aws_sdk_dynamodb::types::ConsumedCapacity]) {
    let read = wire::units(consumed);
    usage.add_dynamodb(CapacityUnits { read, write: 0.0 });
}

fn count_write(usage: &Usage, consumed: &[aws_sdk_dynamodb::types::ConsumedCapacity]) {
    let write = wire::units(consumed);
    usage.add_dynamodb(CapacityUnits { read: 0.0, write });
}
