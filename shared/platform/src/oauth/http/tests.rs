use super::*;
use crate::oauth::test_server::request;

fn form(content_type: &str, body: &'static str) -> Result<Fields, OAuthError> {
    let mut request = request("");
    request.headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    request.body = body.into();
    Fields::form(&request)
}

#[test]
fn a_form_is_read_by_its_media_type() {
    let urlencoded = "application/x-www-form-urlencoded";
    let fields = form(urlencoded, "code=a%20b&empty=&x=1").ok().unwrap();
    assert_eq!(fields.one("code"), Ok(Some("a b")));
    assert_eq!(fields.one("empty"), Ok(None), "without a value is as if not there");
    assert_eq!(fields.one("missing"), Ok(None));
    assert!(form("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "a=1").is_ok());
    for other in ["application/json", "multipart/form-data; boundary=x", "text/plain"] {
        assert!(form(other, "a=1").is_err(), "{other}");
    }
}

#[test]
fn a_parameter_given_twice_is_refused() {
    let urlencoded = "application/x-www-form-urlencoded";
    assert!(form(urlencoded, "a=1&b=2&a=1").is_err());
    assert!(form(urlencoded, "a=1&%61=2").is_err());
    let query = Fields::parse(b"a=1&a=2&b=3").ok().unwrap();
    assert!(query.one("a").is_err());
    assert_eq!(query.one("b"), Ok(Some("3")));
}

#[test]
fn too_many_parameters_are_refused() {
    let many: String = "p=1&".repeat(MAX_FIELDS + 1);
    assert!(Fields::parse(many.as_bytes()).is_err());
}

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
