//! The consent page: only its own form, in its own browser, once.

use e2e::{Company, Connector, browser, http, own_server};
use serde_json::json;
use stand_ins::browser::Arrival;
use stand_ins::company::{TENANT, registration};
use url::Url;

use crate::own_client::{OwnClient, REDIRECT, in_query};
use crate::seen::Seen;

/// The consent page of a request, as one browser sees it.
struct Shown {
    page: Seen,
    action: String,
}

impl Shown {
    async fn begin(connector: &Connector<'_>, client: &OwnClient) -> Self {
        let address = Seen::at(client.authorize_with(&[]).as_str()).await.location();
        let shown = Self::at(connector, &address).await;
        assert_eq!(shown.page.cookies().len(), 1);
        shown
    }

    async fn at(connector: &Connector<'_>, address: &Url) -> Self {
        let page = Seen::at(address.as_str()).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for secret in [page.field("csrf"), page.field("request")] {
            connector.company.canaries.plant(&secret);
        }
        let action = format!("{}/oauth/consent", connector.environment.get("MCP_BASE_URL"));
        Self { page, action }
    }

    fn cookie(&self) -> String {
        self.page.cookies().remove(0)
    }

    /// What is answered to the form of this page with these cookies, CSRF token and headers.
    async fn post(&self, cookie: &str, csrf: &str, headers: &[(&str, &str)]) -> Seen {
        let request = self.page.field("request");
        let fields = [("request", request.as_str()), ("csrf", csrf), ("decision", "allow")];
        let mut post = http().post(&self.action).form(&fields);
        for (name, value) in headers.iter().chain(&[("cookie", cookie)]) {
            post = post.header(*name, *value);
        }
        Seen::of(post).await
    }
}

#[tokio::test]
async fn row_73_a_form_that_is_not_ours_is_refused_and_uses_nothing_up() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let ann = Shown::begin(&connector, &client).await;
    let eve = Shown::begin(&connector, &client).await;
    let (cookie, csrf) = (ann.cookie(), ann.page.field("csrf"));
    let foreign = eve.page.field("csrf");
    for (story, cookie, csrf, headers) in [
        ("another form's token", cookie.as_str(), foreign.as_str(), vec![]),
        ("no such token", &cookie, "made-up-by-somebody", vec![]),
        ("no cookie", "", &csrf, vec![]),
        ("another browser's cookie", &eve.cookie(), &csrf, vec![]),
        ("another site", &cookie, &csrf, vec![("origin", "https://evil.example")]),
        ("another site's frame", &cookie, &csrf, vec![("sec-fetch-site", "cross-site")]),
        ("a neighbour", &cookie, &csrf, vec![("sec-fetch-site", "same-site")]),
    ] {
        assert!(ann.post(cookie, csrf, &headers).await.is_dead_end(403), "{story}");
    }
    assert!(ann.post(&cookie, "", &[]).await.is_dead_end(400), "no token at all");
    assert_eq!(company.sign_in_requests(), 0);
    // It is still there for the browser to which it was shown, once.
    let sent = ann.post(&cookie, &csrf, &[("origin", "null")]).await;
    assert_eq!(sent.status, 200);
    assert!(sent.text.contains(TENANT) && sent.text.contains("sign-in page"), "{}", sent.text);
    assert!(ann.post(&cookie, &csrf, &[]).await.is_dead_end(403), "a second time");
    connector.finish().await;
}

#[tokio::test]
async fn row_73_pages_cannot_be_framed_and_run_no_script() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let shown = Shown::begin(&connector, &client).await;
    let refused = Seen::at(client.authorize_with(&[("client_id", "nobody")]).as_str()).await;
    let lost = Seen::at(&format!("{}/oauth/callback?code=c&state=s", client.issuer())).await;
    for page in [&shown.page, &refused, &lost] {
        let policy = page.header("content-security-policy");
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.text.contains("<script"));
    }
    let given = shown.page.header("set-cookie");
    assert!(given.contains("HttpOnly") && given.contains("SameSite=Lax"), "{given}");
    assert!(!given.contains("Domain"), "{given}");
    connector.finish().await;
}

#[tokio::test]
async fn row_74_a_direct_link_to_entra_leads_to_no_code() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let address = format!("{}/{TENANT}/oauth2/v2.0/authorize", company.entra.base_url());
    let callback = format!("{}/oauth/callback", client.issuer());
    let own_id = registration("sharepoint").unwrap();
    let scope = format!("api://{own_id}/access");
    let usual = [
        ("client_id", own_id),
        ("response_type", "code"),
        ("redirect_uri", &callback),
        ("scope", &scope),
    ];
    let plain = Url::parse_with_params(&address, usual).unwrap();
    let mut with_state = plain.clone();
    with_state.query_pairs_mut().append_pair("state", "made-up-by-the-attacker");
    for (link, status) in [(plain, 400), (with_state, 403)] {
        let mut victim = browser(&[REDIRECT]);
        let Arrival::Page(entra) = victim.open(link.as_str()).await.unwrap() else {
            panic!("the person is asked who they are")
        };
        let arrival = victim.press(&entra, Some(("stand_in_user", "ann"))).await.unwrap();
        let Arrival::Page(page) = arrival else { panic!("nobody is sent to the client") };
        assert_eq!((page.status, page.leads_to.as_deref()), (status, None), "{}", page.html);
    }
    assert_eq!(company.entra_requests("token"), 0, "the code is not exchanged");
    connector.finish().await;
}

#[tokio::test]
async fn row_76_a_name_that_deceives_is_shown_as_text_and_flagged() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let name = format!(
        "<script>alert('canary-name')</script>\"><img src=x>\u{202e}\u{200b}\u{1b}[31m\r\nClaude{}",
        " long".repeat(1_000)
    );
    let endpoint = format!("{}/oauth/register", connector.environment.get("MCP_BASE_URL"));
    let asked = json!({"client_name": name, "redirect_uris": [REDIRECT]});
    let answer = http().post(endpoint).json(&asked).send().await.unwrap();
    let registered: serde_json::Value = answer.json().await.unwrap();
    let client_id = registered["client_id"].as_str().unwrap();
    let client = OwnClient::known(&connector, client_id, REDIRECT).await;
    let shown = Shown::begin(&connector, &client).await;
    let page = &shown.page.text;
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}', '\r'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
    assert!(page.len() < 10_000, "{} bytes", page.len());
    assert!(page.contains("an honest app does not need"), "{page}");
    connector.finish().await;
}

#[tokio::test]
async fn a_person_who_says_no_sends_the_client_away_without_asking_entra() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let mut ann = browser(&[REDIRECT]);
    let Arrival::Page(page) = ann.open(client.authorize_with(&[]).as_str()).await.unwrap() else {
        panic!("the person is asked")
    };
    let Arrival::App(landed) = ann.press(&page, Some(("decision", "deny"))).await.unwrap() else {
        panic!("the client hears of it")
    };
    assert_eq!(in_query(&landed, "error").as_deref(), Some("access_denied"));
    assert_eq!(in_query(&landed, "iss").as_deref(), Some(client.issuer()));
    assert_eq!(company.sign_in_requests(), 0);
    assert!(ann.cookie_names().is_empty());
    connector.finish().await;
}
