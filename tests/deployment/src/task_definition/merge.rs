//! How two task definitions become one.

use serde_json::{Map, Value};

/// Lists whose items have a name, by which they are merged.
const NAMED: [&str; 3] = ["containerDefinitions", "environment", "secrets"];

/// The first with the second over it: maps merge, what has a name is merged by it, everything
/// else is the second's.
pub fn merged(base: Value, over: Value) -> Value {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => Value::Object(maps(base, over)),
        (_, over) => over,
    }
}

fn maps(mut base: Map<String, Value>, over: Map<String, Value>) -> Map<String, Value> {
    for (key, value) in over {
        let value = match (base.remove(&key), value) {
            (Some(Value::Array(old)), Value::Array(new)) if NAMED.contains(&key.as_str()) => {
                Value::Array(by_name(old, new))
            }
            (Some(old), new) => merged(old, new),
            (None, new) => new,
        };
        base.insert(key, value);
    }
    base
}

fn by_name(mut base: Vec<Value>, over: Vec<Value>) -> Vec<Value> {
    for item in over {
        let name = item.get("name").cloned();
        match base.iter_mut().find(|old| old.get("name") == name.as_ref()) {
            Some(old) => *old = merged(old.take(), item),
            None => base.push(item),
        }
    }
    base
}
