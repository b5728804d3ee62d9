//! What a story goes on with: where the connector is, who is signed in, what came last.

use e2e::{Answer, Company, Ended, Reply};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use stand_ins::browser::Arrival;

use crate::assistant::Assistant;
use crate::site::{Here, Site, There};

/// The state of one story.
pub struct World<'c> {
    pub(crate) site: Site<'c>,
    pub(crate) http: Client,
    /// The assistants that registered themselves, in order.
    pub(crate) assistants: Vec<Assistant>,
    /// What the next call presents.
    pub(crate) bearer: Option<String>,
    /// What the last call came to.
    pub(crate) answer: Option<Answer>,
    /// What the endpoints that were asked last have answered.
    pub(crate) replies: Vec<Reply>,
    /// Where the person's browser has come to.
    pub(crate) arrival: Option<Arrival>,
    /// How a program ended that should not run.
    pub(crate) ended: Option<Ended>,
}

impl<'c> World<'c> {
    /// With a connector of its own, which works for this company.
    pub fn here(company: &'c Company) -> Self {
        Self::at(Site::Here(Box::new(Here::new(company))), e2e::http())
    }

    pub(crate) fn there(there: There, http: Client) -> Self {
        Self::at(Site::There(there), http)
    }

    fn at(site: Site<'c>, http: Client) -> Self {
        Self {
            site,
            http,
            assistants: Vec::new(),
            bearer: None,
            answer: None,
            replies: Vec::new(),
            arrival: None,
            ended: None,
        }
    }

    /// What only a story on this machine can use.
    pub(crate) fn on_this_machine(&mut self) -> &mut Here<'c> {
        match &mut self.site {
            Site::Here(here) => here,
            Site::There(_) => panic!("a smoke test has nothing but HTTP"),
        }
    }

    /// The company, on this machine.
    pub(crate) fn company(&mut self) -> &'c Company {
        self.on_this_machine().company
    }

    /// The connector's address, without a slash at the end.
    pub(crate) async fn base_url(&mut self) -> String {
        match &mut self.site {
            Site::There(there) => there.base_url.clone(),
            Site::Here(here) => here.connector().await.environment.get("MCP_BASE_URL").to_owned(),
        }
    }

    /// The connector's name.
    pub(crate) fn connector_name(&self) -> &str {
        match &self.site {
            Site::There(there) => &there.connector,
            Site::Here(_) => e2e::NAME,
        }
    }

    /// Remembers a word that must not be written anywhere.
    pub(crate) fn keep_secret(&self, word: &str) {
        if let Site::Here(here) = &self.site {
            here.company.canaries.plant_token(word);
        }
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let sent = request.send().await.map_err(reqwest::Error::without_url);
        let response = sent.unwrap_or_else(|problem| {
            let cause = std::error::Error::source(&problem).map(ToString::to_string);
            panic!("no answer: {}", cause.unwrap_or_else(|| problem.to_string()))
        });
        let text = |value: &reqwest::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("the whole answer").to_vec();
        Reply { status, headers, body }
    }

    /// A document of the connector, or of whom it names.
    pub(crate) async fn document(&self, url: &str) -> Value {
        let reply = self.send(self.http.get(url)).await;
        assert_eq!(reply.status, 200, "{url}");
        reply.json()
    }

    /// What the last call came to.
    pub(crate) fn answer(&self) -> &Answer {
        self.answer.as_ref().expect("a call that was answered")
    }

    /// What the endpoint that was asked last has answered.
    pub(crate) fn reply(&self) -> &Reply {
        self.replies.last().expect("an endpoint that answered")
    }

    /// The assistant of the story.
    pub(crate) fn assistant(&mut self) -> &mut Assistant {
        self.assistants.first_mut().expect("an assistant that registered itself")
    }

    /// Ends what was started, and checks what it leaves behind.
    pub(crate) async fn finish(self) {
        if let Site::Here(here) = self.site {
            here.finish().await;
        }
    }
}
