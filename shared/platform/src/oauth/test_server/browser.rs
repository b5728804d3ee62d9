//! Browsers that walk through a sign-in, and what they are shown.

use std::collections::BTreeMap;

use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use url::Url;

use super::{TestServer, request};
use crate::oauth::{Request, authorize, callback, consent};

/// What keeps cookies and follows what it is told.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

/// An answer, read to its end.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    /// Opens the address of `/oauth/authorize` with this query.
    pub(crate) async fn authorize(&mut self, test: &TestServer, query: &str) -> Page {
        let request = self.request(query);
        self.receive(authorize::authorize(&test.server, &request).await).await
    }

    /// Opens the consent page that it was redirected to.
    pub(crate) async fn consent_page(&mut self, test: &TestServer, location: &str) -> Page {
        let url = Url::parse(location).unwrap();
        assert_eq!(url.path(), "/oauth/consent");
        let request = self.request(url.query().unwrap());
        self.receive(consent::consent(&test.server, &request).await).await
    }

    /// Sends the form of a consent page.
    pub(crate) async fn decide(
        &mut self,
        test: &TestServer,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self.request("");
        request.method = Method::POST;
        let media = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers.insert(header::CONTENT_TYPE, media);
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers.insert(name, value.parse().unwrap());
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        request.body = body.into();
        self.receive(consent::consent(&test.server, &request).await).await
    }

    /// Comes back from Entra.
    pub(crate) async fn callback(&mut self, test: &TestServer, query: &str) -> Page {
        let request = self.request(query);
        self.receive(callback::callback(&test.server, &request).await).await
    }

    /// From a client's question to the address of Entra.
    pub(crate) async fn agree(&mut self, test: &TestServer) -> Url {
        let page = self.authorize(test, &test.query(&[])).await;
        let page = self.consent_page(test, page.location()).await;
        let (request, csrf) = (page.field("request"), page.field("csrf"));
        let form = [("request", request.as_str()), ("csrf", &csrf), ("decision", "allow")];
        let page = self.decide(test, &form, &[("origin", "null")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page.link()
    }

    /// The same cookies in another jar.
    pub(crate) fn copy(&self) -> Self {
        Self { cookies: self.cookies.clone() }
    }

    /// The same cookies with this value each.
    pub(crate) fn with_cookie_values(&self, value: &str) -> Self {
        let names = self.cookies.keys().cloned();
        Self { cookies: names.map(|name| (name, value.to_owned())).collect() }
    }

    fn request(&self, query: &str) -> Request {
        let mut request = request(query);
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request.headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request
    }

    pub(super) async fn receive(&mut self, response: Response) -> Page {
        for set in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                let value = rest.split(';').next().unwrap().to_owned();
                self.cookies.insert(name.to_owned(), value);
            }
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, text }
    }
}

impl Page {
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The parameters of the redirect.
    #[track_caller]
    pub(crate) fn told(&self) -> BTreeMap<String, String> {
        Url::parse(self.location()).unwrap().query_pairs().into_owned().collect()
    }

    /// The value of a hidden field.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Where the one link of the page leads.
    #[track_caller]
    pub(crate) fn link(&self) -> Url {
        let (_, rest) = self.text.split_once("href=\"").unwrap();
        let escaped = rest.split('"').next().unwrap();
        Url::parse(&html_escape::decode_html_entities(escaped)).unwrap()
    }
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()
}
