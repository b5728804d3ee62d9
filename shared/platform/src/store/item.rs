//! One item: a key, an expiry, and a few named values.

use std::collections::BTreeMap;
use std::fmt;

use super::{MAX_ITEM_BYTES, StoreError};

/// One value of an item.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Bytes, usually sealed.
    Bytes(Vec<u8>),
}

/// One item. Its `Debug` shows names, not values.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// The partition key (`pk`).
    pub key: String,
    /// When it stops being there, in seconds since the epoch; `None` is never.
    pub expires_at_s: Option<i64>,
    /// The other attributes by name; `pk` and `ttl` are not among them.
    pub attributes: BTreeMap<String, Value>,
}

impl Item {
    /// An item without attributes that lives until `expires_at_s`.
    pub fn new(key: impl Into<String>, expires_at_s: i64) -> Self {
        Self { key: key.into(), expires_at_s: Some(expires_at_s), attributes: BTreeMap::new() }
    }

    /// The same item with one more attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.attributes.insert(name.into(), value);
        self
    }

    /// The number under this name.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.attributes.get(name) {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Text(_) | Value::Bytes(_)) | None => None,
        }
    }

    /// The text under this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Number(_) | Value::Bytes(_)) | None => None,
        }
    }

    /// The bytes under this name.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.attributes.get(name) {
            Some(Value::Bytes(bytes)) => Some(bytes),
            Some(Value::Number(_) | Value::Text(_)) | None => None,
        }
    }

    /// Whether the item is still there at this moment.
    pub fn is_live(&self, now_s: i64) -> bool {
        self.expires_at_s.is_none_or(|at| now_s < at)
    }

    /// About how large DynamoDB counts the item.
    pub(super) fn size(&self) -> usize {
        let attributes = self.attributes.iter().map(|(name, value)| {
            name.len()
                + match value {
                    Value::Text(text) => text.len(),
                    Value::Number(_) => 11,
                    Value::Bytes(bytes) => bytes.len(),
                }
        });
        "pk".len() + self.key.len() + "ttl".len() + 11 + attributes.sum::<usize>()
    }

    pub(super) fn check_size(&self) -> Result<(), StoreError> {
        if self.size() > MAX_ITEM_BYTES {
            return Err(StoreError::refused("the item is too large"));
        }
        Ok(())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text([redacted])",
            Self::Number(_) => "Number([redacted])",
            Self::Bytes(_) => "Bytes([redacted])",
        })
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("expires_at_s", &self.expires_at_s)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}
