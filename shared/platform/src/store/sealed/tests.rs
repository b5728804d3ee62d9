use super::*;
use crate::clock::Clock;
use crate::store::MemoryStore;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Grant {
    oid: String,
    token: String,
}

fn grant(token: &str) -> Grant {
    Grant { oid: "ann".into(), token: token.into() }
}

const NOW_S: i64 = 1_000_000;
const END_S: i64 = NOW_S + 60;

struct Shelf {
    raw: Store,
    keyring: LiveKeyring,
    sealed: SealedStore,
    usage: Usage,
}

impl Shelf {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_second(NOW_S).unwrap());
        let raw = Store::Memory(MemoryStore::new(clock));
        let keyring = LiveKeyring::random().unwrap();
        let sealed = SealedStore::new(raw.clone(), keyring.clone(), "sharepoint");
        Self { raw, keyring, sealed, usage: Usage::default() }
    }

    async fn keep(&self, id: &str, token: &str) {
        let grant = grant(token);
        self.sealed.put_new(RecordKind::Grant, id, &grant, END_S, &self.usage).await.unwrap();
    }

    async fn get(&self, id: &str) -> Option<Record<Grant>> {
        self.sealed.get(RecordKind::Grant, id, &self.usage).await.unwrap()
    }

    async fn item(&self, key: &str) -> Item {
        self.raw.get(key, Freshness::Latest, &self.usage).await.unwrap().unwrap()
    }

    async fn plant(&self, item: Item) {
        self.raw.put(item, &self.usage).await.unwrap();
    }
}

#[tokio::test]
async fn a_secret_id_and_the_value_are_nowhere_in_the_item() {
    let shelf = Shelf::new();
    for kind in RecordKind::ALL {
        let kept = grant("canary-token");
        shelf.sealed.put_new(kind, "canary-id", &kept, END_S, &shelf.usage).await.unwrap();
        let key = kind.key("canary-id");
        let item = shelf.item(&key).await;
        let secret = matches!(
            kind,
            RecordKind::Transaction | RecordKind::Csrf | RecordKind::Code | RecordKind::Jti
        );
        assert_eq!(!key.contains("canary-id"), secret, "{kind:?}");
        let names: Vec<&str> = item.attributes.keys().map(String::as_str).collect();
        assert_eq!(names, ["sealed", "version"]);
        let bytes = item.bytes("sealed").unwrap();
        assert!(!String::from_utf8_lossy(bytes).contains("canary"));
        let found = shelf.sealed.get::<Grant>(kind, "canary-id", &shelf.usage).await.unwrap();
        let found = found.unwrap();
        assert_eq!((&found.value, found.version, found.expires_at_s), (&kept, 1, END_S));
        assert!(!format!("{found:?} {:?}", shelf.sealed).contains("canary"));
    }
    assert_eq!(shelf.usage.unreadable_items(), 0);
}

#[tokio::test]
async fn row_46_a_copied_edited_or_exchanged_item_does_not_open() {
    let shelf = Shelf::new();
    shelf.keep("a", "of-a").await;
    shelf.keep("b", "of-b").await;
    let (a, b) = (shelf.item("G#a").await, shelf.item("G#b").await);
    let sealed_of = |item: &Item| Value::Bytes(item.bytes("sealed").unwrap().to_vec());

    let copied = Item { key: "G#c".into(), ..a.clone() };
    let other_kind = Item { key: RecordKind::Client.key("a"), ..a.clone() };
    shelf.plant(copied).await;
    shelf.plant(other_kind).await;
    assert_eq!(shelf.get("c").await, None);
    let client = shelf.sealed.get::<Grant>(RecordKind::Client, "a", &shelf.usage).await;
    assert_eq!(client.unwrap(), None);
    assert_eq!(shelf.usage.unreadable_items(), 2);

    for altered in [
        Item { expires_at_s: Some(END_S + 1), ..a.clone() },
        Item { expires_at_s: None, ..a.clone() },
        a.clone().with("version", Value::Number(2)),
        a.clone().with("version", Value::Text("1".into())),
        a.clone().with("sealed", sealed_of(&b)),
    ] {
        shelf.plant(altered.clone()).await;
        assert_eq!(shelf.get("a").await, None, "{altered:?}");
        let used = shelf.sealed.mark_used::<Grant>(RecordKind::Grant, "a", &shelf.usage).await;
        assert_eq!(used.unwrap(), Used::Missing);
        let taken = shelf.sealed.take::<Grant>(RecordKind::Grant, "a", &shelf.usage).await;
        assert_eq!(taken.unwrap(), None);
    }
    let elsewhere = SealedStore::new(shelf.raw.clone(), shelf.keyring.clone(), "outlook");
    let found = elsewhere.get::<Grant>(RecordKind::Grant, "b", &shelf.usage).await;
    assert_eq!(found.unwrap(), None, "another connector");
    assert_eq!(shelf.usage.unreadable_items(), 2 + 5 * 3 + 1);
    shelf.plant(a).await;
    assert_eq!(shelf.get("a").await.unwrap().value, grant("of-a"), "the very item opens");
}

#[tokio::test]
async fn row_47_a_planted_plain_record_is_not_there() {
    let shelf = Shelf::new();
    let plain = serde_json::to_vec(&grant("planted")).unwrap();
    for planted in [
        Item::new("G#a", END_S).with("sealed", Value::Bytes(plain.clone())),
        Item::new("G#a", END_S)
            .with("version", Value::Number(1))
            .with("sealed", Value::Bytes(plain.clone())),
        Item::new("G#a", END_S)
            .with("version", Value::Number(1))
            .with("sealed", Value::Text(String::from_utf8(plain.clone()).unwrap())),
        Item::new("G#a", END_S).with("oid", Value::Text("ann".into())),
    ] {
        shelf.plant(planted).await;
        assert_eq!(shelf.get("a").await, None);
    }
    assert_eq!(shelf.usage.unreadable_items(), 4);
}

#[tokio::test]
async fn a_record_is_replaced_at_the_expected_version_only() {
    let shelf = Shelf::new();
    let Shelf { sealed, usage, .. } = &shelf;
    let replace = async |token: &str, version| {
        let grant = grant(token);
        sealed.replace(RecordKind::Grant, "a", &grant, END_S + 60, version, usage).await
    };
    assert!(matches!(replace("x", 1).await, Err(StoreError::ConditionFailed(None))));
    shelf.keep("a", "first").await;
    let again = sealed.put_new(RecordKind::Grant, "a", &grant("x"), END_S, usage).await;
    assert!(matches!(again, Err(StoreError::ConditionFailed(Some(_)))));

    assert_eq!(replace("second", 1).await.unwrap(), 2);
    assert!(matches!(replace("x", 1).await, Err(StoreError::ConditionFailed(Some(_)))));
    assert_eq!(replace("third", 2).await.unwrap(), 3);
    let found = shelf.get("a").await.unwrap();
    assert_eq!((found.value, found.version, found.expires_at_s), (grant("third"), 3, END_S + 60));
    sealed.delete(RecordKind::Grant, "a", usage).await.unwrap();
    sealed.delete(RecordKind::Grant, "a", usage).await.unwrap();
    assert_eq!(shelf.get("a").await, None);
    assert_eq!(usage.unreadable_items(), 0);
}

#[tokio::test]
async fn the_second_use_still_learns_what_it_was() {
    let shelf = Shelf::new();
    let use_it =
        async || shelf.sealed.mark_used::<Grant>(RecordKind::Code, "k", &shelf.usage).await;
    assert_eq!(use_it().await.unwrap(), Used::Missing);
    let code = grant("of-the-code");
    shelf.sealed.put_new(RecordKind::Code, "k", &code, END_S, &shelf.usage).await.unwrap();
    let record = Record { value: code, version: 1, expires_at_s: END_S };
    assert_eq!(use_it().await.unwrap(), Used::First(record.clone()));
    assert_eq!(use_it().await.unwrap(), Used::Again(record.clone()));
    assert_eq!(use_it().await.unwrap(), Used::Again(record));
}

#[tokio::test]
async fn an_empty_or_endless_id_is_refused() {
    let shelf = Shelf::new();
    for id in [String::new(), "x".repeat(1025)] {
        let kept = shelf.sealed.put_new(RecordKind::Client, &id, &1, END_S, &shelf.usage).await;
        assert!(matches!(kept, Err(StoreError::Refused { .. })), "{kept:?}");
        let found = shelf.sealed.get::<i64>(RecordKind::Client, &id, &shelf.usage).await;
        assert!(matches!(found, Err(StoreError::Refused { .. })));
    }
}
