//! The rules of merging, as properties and as a table.

use std::collections::{BTreeMap, BTreeSet};

use deployment::task_definition::merged;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-c]{1,3}".prop_map(Value::from)
    ]
}

/// Variables, each with a name of its own.
fn variables() -> impl Strategy<Value = Value> {
    btree_map("[A-D]", "[a-z]{1,3}", 0..4).prop_map(|pairs| {
        pairs.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
    })
}

/// A map of scalars, lists, variables and maps again.
fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![scalar(), vec(scalar(), 0..3).prop_map(Value::from)];
    let map = leaf.prop_recursive(3, 24, 4, |inner| {
        btree_map("[a-d]", inner, 0..4).prop_map(|fields| json!(fields))
    });
    (btree_map("[a-d]", map, 0..4), variables()).prop_map(|(mut fields, variables)| {
        fields.insert("environment".to_owned(), variables);
        json!(fields)
    })
}

/// Every leaf with its place; a list without names is one leaf.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, place: &str, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                collect(value, &format!("{place}/{key}"), found);
            }
        }
        Value::Array(items) if place == "/environment" => {
            for item in items {
                collect(item, &format!("{place}/{}", item["name"]), found);
            }
        }
        leaf => drop(found.insert(place.to_owned(), leaf.clone())),
    }
}

proptest! {
    #[test]
    fn nothing_over_it_changes_nothing(base in tree()) {
        prop_assert_eq!(merged(base.clone(), json!({})), base.clone());
        prop_assert_eq!(merged(json!({}), base.clone()), base);
    }

    #[test]
    fn what_is_over_it_is_all_there_and_doing_it_twice_changes_nothing(base in tree(), over in tree()) {
        let once = merged(base, over.clone());
        let there = leaves(&once);
        for (place, leaf) in leaves(&over) {
            prop_assert_eq!(there.get(&place), Some(&leaf), "{}", place);
        }
        prop_assert_eq!(merged(once.clone(), over), once);
    }

    #[test]
    fn what_is_not_named_above_stays(base in tree(), over in tree()) {
        let (once, above) = (leaves(&merged(base.clone(), over.clone())), leaves(&over));
        for (place, leaf) in leaves(&base) {
            // Unless something stands there or on the way to it.
            let covered = above.keys().any(|other| {
                *other == place || place.starts_with(&format!("{other}/")) || other.starts_with(&format!("{place}/"))
            });
            let emptied = base_is_replaced_by_an_empty_map(&over, &place);
            if !covered && !emptied {
                prop_assert_eq!(once.get(&place), Some(&leaf), "{}", place);
            }
        }
    }

    #[test]
    fn variables_keep_their_order_and_come_once(base in variables(), over in variables()) {
        let names = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|one| one["name"].to_string()).collect()
        };
        let both = merged(json!({"environment": base}), json!({"environment": over}));
        let got = names(&both["environment"]);
        prop_assert!(got.starts_with(&names(&base)));
        let different: BTreeSet<_> = got.iter().cloned().collect();
        prop_assert_eq!(different.len(), got.len());
        let union: BTreeSet<_> = names(&base).into_iter().chain(names(&over)).collect();
        prop_assert_eq!(different, union);
    }
}

/// An empty map has no leaf, and yet it takes the place of a scalar or a list.
fn base_is_replaced_by_an_empty_map(over: &Value, place: &str) -> bool {
    let mut here = over;
    for part in place.split('/').skip(1) {
        match here.get(part) {
            Some(next) => here = next,
            None => return false,
        }
    }
    here.is_object()
}

#[test]
fn maps_merge_lists_replace_and_names_join() {
    let table = [
        (
            "a map",
            json!({"a": {"x": 1, "y": 2}}),
            json!({"a": {"y": 3}}),
            json!({"a": {"x": 1, "y": 3}}),
        ),
        (
            "a list",
            json!({"command": ["a", "b"]}),
            json!({"command": ["c"]}),
            json!({"command": ["c"]}),
        ),
        ("a scalar", json!({"cpu": "512"}), json!({"cpu": "1024"}), json!({"cpu": "1024"})),
        (
            "an empty list",
            json!({"command": ["a"]}),
            json!({"command": []}),
            json!({"command": []}),
        ),
        (
            "variables",
            json!({"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
            json!({"environment": [{"name": "C", "value": "4"}, {"name": "A", "value": "3"}]}),
            json!({"environment": [
                {"name": "A", "value": "3"}, {"name": "B", "value": "2"}, {"name": "C", "value": "4"}
            ]}),
        ),
        (
            "secrets",
            json!({"secrets": [{"name": "A", "valueFrom": "x"}]}),
            json!({"secrets": [{"name": "A", "valueFrom": "y"}]}),
            json!({"secrets": [{"name": "A", "valueFrom": "y"}]}),
        ),
        (
            "containers, and what is in them",
            json!({"containerDefinitions": [{"name": "m", "user": "1", "environment": [{"name": "A", "value": "1"}]}]}),
            json!({"containerDefinitions": [{"name": "m", "image": "i", "environment": [{"name": "B", "value": "2"}]}]}),
            json!({"containerDefinitions": [{"name": "m", "user": "1", "image": "i", "environment": [
                {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
            ]}]}),
        ),
        (
            "a list whose items only look as if they had names",
            json!({"ulimits": [{"name": "nofile", "softLimit": 1}]}),
            json!({"ulimits": [{"name": "core", "softLimit": 2}]}),
            json!({"ulimits": [{"name": "core", "softLimit": 2}]}),
        ),
    ];
    for (what, base, over, expected) in table {
        assert_eq!(merged(base, over), expected, "{what}");
    }
}
