use std::time::Duration;

use super::*;
use crate::oauth::test_server::{Browser, Page, REDIRECT, TestServer};

/// A browser with the consent page before it, the page, and its address.
async fn shown(test: &TestServer) -> (Browser, Page, String) {
    let mut browser = Browser::default();
    let location = browser.authorize(test, &test.query(&[])).await.location().to_owned();
    let page = browser.consent_page(test, &location).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    (browser, page, location)
}

fn form(page: &Page, decision: &str) -> Vec<(&'static str, String)> {
    vec![
        ("request", page.field("request")),
        ("csrf", page.field("csrf")),
        ("decision", decision.to_owned()),
    ]
}

async fn send(
    test: &TestServer,
    browser: &mut Browser,
    form: &[(&'static str, String)],
    headers: &[(&str, &str)],
) -> Page {
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.decide(test, &form, headers).await
}

#[tokio::test]
async fn whoever_allows_is_taken_to_entra_by_a_page_of_ours() {
    let test = TestServer::start().await;
    let (mut browser, page, _) = shown(&test).await;
    assert!(page.text.contains("Claude") && page.text.contains("claude.ai"));
    let same = [("origin", "https://files.example.test"), ("sec-fetch-site", "same-origin")];
    let page = send(&test, &mut browser, &form(&page, "allow"), &same).await;
    assert_eq!(page.status, StatusCode::OK, "no redirect after a form: {}", page.text);
    let link = page.link();
    assert!(link.as_str().starts_with(test.entra.base()), "{link}");
    let names: Vec<_> = link.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert!(names.contains(&"code_challenge".to_owned()) && !names.contains(&"resource".into()));
}

#[tokio::test]
async fn whoever_cancels_goes_back_to_the_client() {
    let test = TestServer::start().await;
    let (mut browser, page, location) = shown(&test).await;
    let page = send(&test, &mut browser, &form(&page, "deny"), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let link = page.link();
    assert!(link.as_str().starts_with(REDIRECT), "{link}");
    let query = link.query().unwrap();
    for part in ["error=access_denied", "state=client-state", "iss=https"] {
        assert!(query.contains(part), "{query}");
    }
    let again = browser.consent_page(&test, &location).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "the request was answered");
}

#[tokio::test]
async fn row_73_a_form_without_its_cookie_or_its_token_is_refused_and_uses_nothing_up() {
    let test = TestServer::start().await;
    let (mut browser, page, _) = shown(&test).await;
    let (mut other_browser, other_page, _) = shown(&test).await;
    let right = form(&page, "allow");

    let without_cookie = send(&test, &mut Browser::default(), &right, &[]).await;
    assert_eq!(without_cookie.status, StatusCode::FORBIDDEN);
    let with_anothers = send(&test, &mut other_browser, &right, &[]).await;
    assert_eq!(with_anothers.status, StatusCode::FORBIDDEN);
    let mut mixed = right.clone();
    mixed[1].1 = other_page.field("csrf");
    for wrong in [mixed, vec![right[0].clone(), ("csrf", "x".into()), right[2].clone()]] {
        let refused = send(&test, &mut browser, &wrong, &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    for missing in 0..3 {
        let mut wrong = right.clone();
        wrong.remove(missing);
        let refused = send(&test, &mut browser, &wrong, &[]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(send(&test, &mut browser, &right, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn row_73_a_form_of_another_site_is_refused() {
    let test = TestServer::start().await;
    let (mut browser, page, _) = shown(&test).await;
    let right = form(&page, "allow");
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.test"),
        ("origin", "https://files.example.test.evil.test"),
    ] {
        let refused = send(&test, &mut browser, &right, &[header]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    let null = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(&test, &mut browser, &right, &null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_is_good_once() {
    let test = TestServer::start().await;
    let (mut browser, page, _) = shown(&test).await;
    let right = form(&page, "allow");
    assert_eq!(send(&test, &mut browser, &right, &[]).await.status, StatusCode::OK);
    let again = send(&test, &mut browser, &right, &[]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_two_pages_for_one_request_one_is_answered() {
    let test = TestServer::start().await;
    let (mut browser, first, location) = shown(&test).await;
    let mut earlier = browser.copy();
    let second = browser.consent_page(&test, &location).await;
    let first = send(&test, &mut earlier, &form(&first, "allow"), &[]).await;
    let second = send(&test, &mut browser, &form(&second, "allow"), &[]).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 400));
}

#[tokio::test]
async fn a_request_is_open_for_ten_minutes() {
    let test = TestServer::start().await;
    let (mut browser, page, location) = shown(&test).await;
    test.clock.advance(Duration::from_secs(600));
    assert_eq!(browser.consent_page(&test, &location).await.status, StatusCode::BAD_REQUEST);
    let late = send(&test, &mut browser, &form(&page, "allow"), &[]).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
}
