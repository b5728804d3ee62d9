use super::*;

#[test]
fn row_73_pages_cannot_be_framed_and_run_nothing() {
    let page = page(StatusCode::OK, String::new(), true);
    let header = |name: &str| page.headers().get(name).unwrap().to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script"));
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("strict-transport-security").contains("max-age="));
}

#[test]
fn an_address_with_a_line_break_becomes_no_header() {
    assert!(redirect("https://a.test/\r\nset-cookie: x", true).is_none());
}

#[test]
fn ids_are_long_and_never_the_same() {
    let (one, two) = (random_id().unwrap(), random_id().unwrap());
    assert!(one.len() == 43 && one != two);
}
