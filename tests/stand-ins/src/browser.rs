//! A person's browser without a screen: keeps cookies, follows redirects, reads the one form of a
//! page and fills it in. It runs no script, which the pages it is for do not need.

mod cookies;
mod page;

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client, Method, Response, StatusCode, header};
use url::Url;

use cookies::Jar;
pub use page::{Form, Page};

/// How many redirects and pages that lead on by themselves are followed.
const MOST_STEPS: usize = 20;
/// The largest page that is read.
const MOST_BYTES: usize = 1 << 20;

/// The button that agrees, on the connectors' page and on FastMCP's.
const AGREE: [(&str, &str); 2] = [("decision", "allow"), ("action", "approve")];

/// One browser of one person; a second one knows nothing of its cookies.
#[derive(Clone, Debug)]
pub struct Browser {
    client: Client,
    jar: Jar,
    /// Addresses whose beginning is an app's own: the browser hands them over and stops.
    apps: Vec<String>,
}

/// Where the browser has come to.
#[derive(Debug)]
pub enum Arrival {
    /// A page that waits for the person.
    Page(Box<Page>),
    /// An address that belongs to an app: its redirect URI with the answer.
    App(Url),
}

impl Browser {
    /// A browser with an empty cookie jar. `client` must not follow redirects; addresses that
    /// begin with one of `apps` are handed to the app.
    pub fn new(client: Client, apps: &[&str]) -> Self {
        Self {
            client,
            jar: Jar::default(),
            apps: apps.iter().map(|app| (*app).to_owned()).collect(),
        }
    }

    /// Opens an address and goes on until a page waits for the person or an app is reached.
    ///
    /// # Errors
    /// When nothing answers, or it leads on and on.
    pub async fn open(&mut self, address: &str) -> anyhow::Result<Arrival> {
        self.go(Method::GET, Url::parse(address).context("no address")?, None).await
    }

    /// Presses the button with this name and value, or the only one when none is named.
    ///
    /// # Errors
    /// When the page has no such button, or as [`open`](Self::open).
    pub async fn press(
        &mut self,
        page: &Page,
        button: Option<(&str, &str)>,
    ) -> anyhow::Result<Arrival> {
        let form = page.form.as_ref().context("the page has no form")?;
        let fields = form.filled_in(button)?;
        let mut action = page.address.join(&form.action).context("the form leads nowhere")?;
        if form.is_post {
            return self.go(Method::POST, action, Some(fields)).await;
        }
        action.query_pairs_mut().clear().extend_pairs(fields);
        self.go(Method::GET, action, None).await
    }

    /// Goes the whole way of a sign-in: agrees where asked, picks the person at Entra, and gives
    /// the app's address with the answer.
    ///
    /// # Errors
    /// When a page comes that asks for something else.
    pub async fn sign_in(&mut self, address: &str, person: &str) -> anyhow::Result<Url> {
        let mut arrival = self.open(address).await?;
        for _ in 0..MOST_STEPS {
            let page = match arrival {
                Arrival::App(url) => return Ok(url),
                Arrival::Page(page) => page,
            };
            let form = page.form.as_ref();
            let known = AGREE
                .into_iter()
                .chain([("stand_in_user", person)])
                .into_iter()
                .find(|(name, value)| form.is_some_and(|form| form.has_button(name, value)));
            let Some(button) = known else {
                bail!(
                    "a page that asks for something else (status {}): {}",
                    page.status,
                    page.title
                );
            };
            arrival = self.press(&page, Some(button)).await?;
        }
        bail!("the sign-in does not end")
    }

    /// The names of the cookies that are kept.
    pub fn cookie_names(&self) -> Vec<String> {
        self.jar.names()
    }

    async fn go(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut fields: Option<Vec<(String, String)>>,
    ) -> anyhow::Result<Arrival> {
        for _ in 0..MOST_STEPS {
            if self.apps.iter().any(|app| url.as_str().starts_with(app.as_str())) {
                return Ok(Arrival::App(url));
            }
            ensure!(matches!(url.scheme(), "http" | "https"), "no app takes this address");
            let mut request = self.client.request(method.clone(), url.clone());
            if let Some(cookies) = self.jar.header_for(&url) {
                request = request.header(header::COOKIE, cookies);
            }
            if let Some(fields) = fields.take() {
                // What a form on a page with `Referrer-Policy: no-referrer` is sent with.
                request = request.header(header::ORIGIN, "null").form(&fields);
            }
            let response = request.send().await.map_err(reqwest::Error::without_url)?;
            for set in response.headers().get_all(header::SET_COOKIE) {
                self.jar.keep(set.to_str().unwrap_or_default(), &url);
            }
            let next = if let Some(location) = redirect(&response) {
                location.to_owned()
            } else {
                let page = read(response, &url).await?;
                match &page.leads_to {
                    Some(next) => next.clone(),
                    None => return Ok(Arrival::Page(Box::new(page))),
                }
            };
            url = url.join(&next).context("a redirect to no address")?;
            method = Method::GET;
        }
        bail!("the pages lead on and on")
    }
}

fn redirect(response: &Response) -> Option<&str> {
    matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER
    )
    .then(|| response.headers().get(header::LOCATION)?.to_str().ok())
    .flatten()
}

async fn read(mut response: Response, address: &Url) -> anyhow::Result<Page> {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        ensure!(body.len() + chunk.len() <= MOST_BYTES, "the page is too large");
        body.extend_from_slice(&chunk);
    }
    Ok(Page::read(address.clone(), status, headers, &String::from_utf8_lossy(&body)))
}
