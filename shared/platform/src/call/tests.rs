use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::seal::Keyring;
use crate::tokens::UpstreamTokens;

/// The part of a call that a cursor is bound to, as one may vary it.
#[derive(Clone)]
struct Setting {
    caller: Caller,
    connector: &'static str,
    tool: &'static str,
    arguments: serde_json::Value,
    keyring: Arc<Keyring>,
    clock: Clock,
}

impl Setting {
    fn usual() -> Self {
        Self {
            caller: Caller::for_tests("ann"),
            connector: "sharepoint",
            tool: "sharepoint_search",
            arguments: json!({"query": "budget", "limit": 10}),
            keyring: Arc::new(Keyring::for_tests()),
            clock: Clock::manual(Timestamp::from_second(1_800_000_000).unwrap()),
        }
    }

    fn call(&self) -> Call {
        self.call_with(Arc::new(UpstreamTokens::fixed("t")), Duration::from_secs(20))
    }

    fn call_with(&self, tokens: Arc<UpstreamTokens>, time: Duration) -> Call {
        let deadline = Instant::now() + time;
        let permit = Permit {
            caller: self.caller.clone(),
            proof: CallerProof::Verified,
            era: Era::Unknown,
            in_flight: InFlight::start(deadline, None, crate::telemetry::RequestLine::default()),
            keyring: self.keyring.clone(),
            tokens,
            cached: Cached::Missing,
            connector: self.connector,
            clock: self.clock.clone(),
        };
        let arguments = self.arguments.as_object();
        Call::begin(Admitted(Arc::new(permit)), Kind::Tool, self.tool, arguments)
    }
}

/// A call of ann's with tokens from here and this much time.
pub(crate) fn call_with(tokens: Arc<UpstreamTokens>, time: Duration) -> Call {
    Setting::usual().call_with(tokens, time)
}

fn opens(setting: &Setting, cursor: &str) -> bool {
    match setting.call().open_cursor::<u32>(cursor) {
        Ok(position) => position == 410_000_041,
        Err(error) => {
            assert_eq!(error.code(), "invalid_cursor");
            false
        }
    }
}

#[test]
fn a_cursor_opens_for_the_same_person_tool_and_arguments_only() {
    let usual = Setting::usual();
    let cursor = usual.call().seal_cursor(&410_000_041_u32).unwrap();
    assert!(!cursor.contains("410000041"));
    let with = |change: fn(&mut Setting)| {
        let mut setting = usual.clone();
        change(&mut setting);
        setting
    };
    for same in [
        usual.clone(),
        with(|s| s.arguments = json!({"limit": 10, "query": "budget", "cursor": "abc"})),
        with(|s| s.arguments = json!({"limit": 10, "query": "budget", "site": null})),
    ] {
        assert!(opens(&same, &cursor), "{}", same.arguments);
    }
    for (what, other) in [
        ("person", with(|s| s.caller.oid = "ben".into())),
        ("tenant", with(|s| s.caller.tid = "other".into())),
        ("connector", with(|s| s.connector = "outlook")),
        ("tool", with(|s| s.tool = "sharepoint_browse")),
        ("query", with(|s| s.arguments = json!({"query": "salaries", "limit": 10}))),
        ("limit", with(|s| s.arguments = json!({"query": "budget", "limit": 11}))),
        ("no arguments", with(|s| s.arguments = json!({}))),
        ("keys", with(|s| s.keyring = Arc::new(Keyring::random().unwrap()))),
    ] {
        assert!(!opens(&other, &cursor), "another {what}");
    }
}

#[test]
fn a_bookmark_opens_with_other_arguments_but_for_its_subject_and_month_only() {
    let usual = Setting::usual();
    let bookmark = usual.call().seal_bookmark("sp:drive:a", &7_u32).unwrap();
    let opens = |setting: &Setting, subject: &str| {
        setting.call().open_bookmark::<u32>(subject, &bookmark).is_ok_and(|at| at == 7)
    };
    let mut later = usual.clone();
    later.arguments = json!({"target": "a", "since_cursor": bookmark.clone()});

    assert!(opens(&later, "sp:drive:a"));
    assert!(!opens(&later, "sp:drive:b"), "another subject");
    assert!(usual.call().open_cursor::<u32>(&bookmark).is_err(), "a bookmark is no cursor");
    let cursor = usual.call().seal_cursor(&7_u32).unwrap();
    assert!(usual.call().open_bookmark::<u32>("sp:drive:a", &cursor).is_err());
    for change in [
        (|s| s.caller.oid = "ben".into()) as fn(&mut Setting),
        |s| s.caller.tid = "other".into(),
        |s| s.tool = "sharepoint_browse",
        |s| s.connector = "outlook",
    ] {
        let mut other = later.clone();
        change(&mut other);
        assert!(!opens(&other, "sp:drive:a"));
    }
    usual.clock.advance(Duration::from_hours(30 * 24) - Duration::from_secs(1));
    assert!(opens(&later, "sp:drive:a"));
    usual.clock.advance(Duration::from_secs(1));
    assert!(!opens(&later, "sp:drive:a"));
}

#[test]
fn a_cursor_ends_after_an_hour() {
    let usual = Setting::usual();
    let cursor = usual.call().seal_cursor(&410_000_041_u32).unwrap();
    usual.clock.advance(Duration::from_secs(3599));
    assert!(opens(&usual, &cursor));
    usual.clock.advance(Duration::from_secs(1));
    assert!(!opens(&usual, &cursor));
}

#[test]
fn an_altered_cursor_opens_for_nobody() {
    let usual = Setting::usual();
    let cursor = usual.call().seal_cursor(&410_000_041_u32).unwrap();
    for place in 0..cursor.len() {
        let mut altered = cursor.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        assert!(!opens(&usual, &String::from_utf8(altered).unwrap()), "at {place}");
    }
    for text in
        ["", "AAAA", cursor.get(1..).unwrap(), &format!("{cursor}A"), &"A".repeat(1_000_000)]
    {
        assert!(!opens(&usual, text));
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_however_many_requests_saw_the_refusal() {
    use crate::identity::test_entra::{Reply, TestEntra};
    let entra = TestEntra::start().await;
    for token in ["first", "second", "third"] {
        let body = json!({"token_type": "Bearer", "scope": "Files.Read Labels.Read", "expires_in": 3600, "access_token": token});
        entra.reply(Reply::new(200, &body));
    }
    let call = call_with(crate::tokens::tests::memory(&entra), Duration::from_secs(20));

    let first = call.upstream_token().await.unwrap();
    let (a, b) = tokio::join!(
        call.renew_upstream_token(&first, None),
        call.renew_upstream_token(&first, None)
    );
    let second = a.unwrap();
    assert_eq!(second.expose_secret(), "second");
    assert_eq!(b.unwrap().expose_secret(), "second");
    assert_eq!(call.upstream_token().await.unwrap().expose_secret(), "second");

    let error = call.renew_upstream_token(&second, None).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_required");
    assert_eq!(entra.seen().len(), 2, "no third exchange");
    assert_eq!(call.verdict().get(), Some(crate::verdict::Verdict::InvalidToken));
}

#[tokio::test]
async fn a_call_asks_for_one_sign_in_however_many_requests_it_makes() {
    use crate::identity::test_entra::{Reply, TestEntra};
    let entra = TestEntra::start().await;
    for _ in 0..9 {
        let body = json!({"error": "invalid_grant", "error_codes": [50173]});
        entra.reply(Reply::new(400, &body));
    }
    let tokens = crate::tokens::tests::memory(&entra);
    for round in 0..4 {
        let call = call_with(tokens.clone(), Duration::from_secs(20));
        for _ in 0..5 {
            let error = call.upstream_token().await.unwrap_err();
            let code = if round < 3 { "sign_in_required" } else { "sign_in_repeated" };
            assert_eq!(error.code(), code, "round {round}");
        }
    }
}
