//! One answer of a page, as whoever follows nothing and keeps nothing sees it.

use e2e::http;
use reqwest::{RequestBuilder, Response, header};
use url::Url;

/// An answer that was read to its end.
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    /// What an address answers to a browser without cookies.
    pub(crate) async fn at(address: &str) -> Self {
        Self::of(http().get(address)).await
    }

    /// What is answered to this request.
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        Self::read(request.send().await.unwrap()).await
    }

    async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, 302, "{}", self.text);
        Url::parse(self.header("location")).unwrap()
    }

    /// Whether it is a page with this status that sends nobody anywhere and gives no cookie.
    pub(crate) fn is_dead_end(&self, status: u16) -> bool {
        let leads = self.headers.contains_key(header::LOCATION) || self.text.contains("refresh");
        let gives = self.headers.get_all(header::SET_COOKIE).iter();
        let gives = gives.filter(|value| !value.to_str().unwrap().contains("Max-Age=0")).count();
        self.status == status
            && !leads
            && gives == 0
            && self.header("content-type").contains("html")
    }

    /// The `name=value` pairs of the cookies that it gives.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let given = self.headers.get_all(header::SET_COOKIE).iter();
        given.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
    }

    /// The value of a hidden field of its form.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).unwrap_or_else(|| panic!("{}", self.text));
        rest.split_once('"').unwrap().0.to_owned()
    }
}
