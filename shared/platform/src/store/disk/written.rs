//! An item as a file: all of it sealed, its key and expiry too.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::seal::{Binding, Keyring, Opened, Purpose};
use crate::store::{Item, StoreError, Value};

#[derive(Serialize, Deserialize)]
struct Written {
    pk: String,
    ttl: Option<i64>,
    attributes: BTreeMap<String, WrittenValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenValue {
    Text(String),
    Number(i64),
    Bytes(String),
}

/// The item, sealed for the file of this name.
pub(super) fn seal(keyring: &Keyring, name: &str, item: &Item) -> Result<Vec<u8>, StoreError> {
    let attributes = item.attributes.iter().map(|(name, value)| (name.clone(), write(value)));
    let written =
        Written { pk: item.key.clone(), ttl: item.expires_at_s, attributes: attributes.collect() };
    let plaintext = serde_json::to_vec(&written)
        .map(Zeroizing::new)
        .map_err(|_| StoreError::refused("the item has no JSON form"))?;
    keyring
        .seal(&binding(name), &plaintext)
        .map_err(|_| StoreError::refused("the item could not be sealed"))
}

/// The item that was sealed for the file of this name.
pub(super) fn open(keyring: &Keyring, name: &str, sealed: &[u8]) -> Option<Item> {
    let Opened::Plain(plaintext) = keyring.open(&binding(name), sealed) else {
        return None;
    };
    let written: Written = serde_json::from_slice(&plaintext).ok()?;
    let attributes = written.attributes.into_iter().map(|(name, value)| Some((name, read(value)?)));
    Some(Item {
        key: written.pk,
        expires_at_s: written.ttl,
        attributes: attributes.collect::<Option<_>>()?,
    })
}

fn binding(name: &str) -> Binding {
    Binding::new(Purpose::Item, "disk").with(name)
}

fn write(value: &Value) -> WrittenValue {
    match value {
        Value::Text(text) => WrittenValue::Text(text.clone()),
        Value::Number(number) => WrittenValue::Number(*number),
        Value::Bytes(bytes) => WrittenValue::Bytes(STANDARD.encode(bytes)),
    }
}

fn read(value: WrittenValue) -> Option<Value> {
    match value {
        WrittenValue::Text(text) => Some(Value::Text(text)),
        WrittenValue::Number(number) => Some(Value::Number(number)),
        WrittenValue::Bytes(bytes) => STANDARD.decode(bytes).ok().map(Value::Bytes),
    }
}
