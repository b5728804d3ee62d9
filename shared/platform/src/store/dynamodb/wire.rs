//! DynamoDB's own shapes: attributes, expressions, errors. Nothing outside the table names them.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity};

use crate::store::{Condition, Item, StoreError, Value};

pub(super) const PK: &str = "pk";
const TTL: &str = "ttl";

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// An item as attributes.
pub(super) fn attributes(item: Item) -> Attributes {
    let mut attributes: Attributes =
        item.attributes.into_iter().map(|(name, value)| (name, attribute(value))).collect();
    attributes.insert(PK.to_owned(), AttributeValue::S(item.key));
    if let Some(at) = item.expires_at_s {
        attributes.insert(TTL.to_owned(), AttributeValue::N(at.to_string()));
    }
    attributes
}

/// Attributes as an item. Attributes of other types than ours are left out: nothing of ours
/// wrote them.
pub(super) fn item(mut attributes: Attributes) -> Option<Item> {
    let Some(AttributeValue::S(key)) = attributes.remove(PK) else {
        return None;
    };
    let ttl = attributes.remove(TTL).and_then(value);
    let expires_at_s = match ttl {
        Some(Value::Number(at)) => Some(at),
        Some(Value::Text(_) | Value::Bytes(_)) | None => None,
    };
    let attributes = attributes
        .into_iter()
        .filter_map(|(name, attribute)| Some((name, value(attribute)?)))
        .collect();
    Some(Item { key, expires_at_s, attributes })
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Bytes(bytes) => AttributeValue::B(Blob::new(bytes)),
    }
}

fn value(attribute: AttributeValue) -> Option<Value> {
    match attribute {
        AttributeValue::S(text) => Some(Value::Text(text)),
        AttributeValue::N(number) => number.parse().ok().map(Value::Number),
        AttributeValue::B(bytes) => Some(Value::Bytes(bytes.into_inner())),
        _ => None,
    }
}

/// The texts of one request's expressions, and the names and values they refer to.
#[derive(Default)]
pub(super) struct Expression {
    names: HashMap<String, String>,
    values: Attributes,
}

impl Expression {
    /// That a live item is there.
    pub(super) fn live(&mut self, now_s: i64) -> String {
        let (pk, ttl) = (self.name(PK), self.name(TTL));
        let now = self.value(Value::Number(now_s));
        format!("attribute_exists({pk}) AND (attribute_not_exists({ttl}) OR {ttl} > {now})")
    }

    /// That no live item is there.
    pub(super) fn absent(&mut self, now_s: i64) -> String {
        let (pk, ttl) = (self.name(PK), self.name(TTL));
        let now = self.value(Value::Number(now_s));
        format!("attribute_not_exists({pk}) OR {ttl} <= {now}")
    }

    pub(super) fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Live => format!("attribute_exists({})", self.name(PK)),
            Condition::Equals(name, value) => {
                format!("{} = {}", self.name(name), self.value(value.clone()))
            }
            Condition::Missing(name) => format!("attribute_not_exists({})", self.name(name)),
            Condition::AtMost(name, limit) => {
                format!("{} <= {}", self.name(name), self.value(Value::Number(*limit)))
            }
            Condition::All(all) => self.joined(all, " AND "),
            Condition::Any(any) => self.joined(any, " OR "),
        }
    }

    /// The `SET …` of an update; `None` when nothing is set.
    pub(super) fn changes(
        &mut self,
        set: Vec<(String, Value)>,
        expires_at_s: Option<i64>,
    ) -> Option<String> {
        let ttl = expires_at_s.map(|at| (TTL.to_owned(), Value::Number(at)));
        let changes: Vec<String> = set
            .into_iter()
            .chain(ttl)
            .map(|(name, value)| format!("{} = {}", self.name(&name), self.value(value)))
            .collect();
        (!changes.is_empty()).then(|| format!("SET {}", changes.join(", ")))
    }

    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    pub(super) fn values(&self) -> Option<Attributes> {
        Some(self.values.clone()).filter(|values| !values.is_empty())
    }

    fn joined(&mut self, conditions: &[Condition], by: &str) -> String {
        let parts: Vec<String> =
            conditions.iter().map(|condition| format!("({})", self.condition(condition))).collect();
        parts.join(by)
    }

    fn name(&mut self, attribute: &str) -> String {
        let known = self.names.iter().find(|(_, name)| *name == attribute);
        if let Some((placeholder, _)) = known {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    fn value(&mut self, value: Value) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), attribute(value));
        placeholder
    }
}

/// Errors of writes that carry the item that was there.
pub(super) trait Refusal: ProvideErrorMetadata {
    fn condition(&self) -> Option<&ConditionalCheckFailedException>;
}

impl Refusal for PutItemError {
    fn condition(&self) -> Option<&ConditionalCheckFailedException> {
        match self {
            Self::ConditionalCheckFailedException(failed) => Some(failed),
            _ => None,
        }
    }
}

impl Refusal for UpdateItemError {
    fn condition(&self) -> Option<&ConditionalCheckFailedException> {
        match self {
            Self::ConditionalCheckFailedException(failed) => Some(failed),
            _ => None,
        }
    }
}

/// The item that was there when the condition did not hold; empty when there was none.
pub(super) fn refused_by<E: Refusal>(error: &SdkError<E>) -> Option<Attributes> {
    let failed = error.as_service_error()?.condition()?;
    Some(failed.item().cloned().unwrap_or_default())
}

/// Any other error, by what can be done about it.
pub(super) fn failure<E: ProvideErrorMetadata>(error: &SdkError<E>) -> StoreError {
    let SdkError::ServiceError(service) = error else {
        return match error {
            SdkError::ConstructionFailure(_) => {
                StoreError::refused("the request could not be made")
            }
            _ => StoreError::Unreachable,
        };
    };
    match service.err().code() {
        Some(
            "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestLimitExceeded",
        ) => StoreError::Throttled,
        _ if service.raw().status().is_server_error() => StoreError::Unreachable,
        Some(code) => StoreError::refused(code),
        // Whoever answered, it was not DynamoDB.
        None => StoreError::Unreachable,
    }
}

/// Capacity units that one request consumed.
pub(super) fn units(consumed: &[ConsumedCapacity]) -> f64 {
    consumed.iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
