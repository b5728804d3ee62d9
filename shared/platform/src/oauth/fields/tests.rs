use super::*;
use crate::oauth::test_server::request;

fn form(content_type: &str, body: &'static str) -> Result<Form, OAuthError> {
    let mut request = request("");
    request.headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    request.body = body.into();
    Form::read(&request)
}

#[test]
fn a_form_is_read_by_its_media_type() {
    let urlencoded = "application/x-www-form-urlencoded";
    let fields = form(urlencoded, "code=a%20b&empty=&x=1").ok().unwrap();
    assert_eq!(fields.get("code"), Some("a b"));
    assert_eq!(fields.get("empty"), None, "without a value is as if not there");
    assert_eq!(fields.get("missing"), None);
    assert_eq!(format!("{fields:?}"), "Form([redacted])");
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
