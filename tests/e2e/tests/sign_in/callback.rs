//! The way back from Entra: in the browser that went there, once.

use e2e::{Company, Connector, Flavour, HOST, Request, browser, http, own_server};
use stand_ins::browser::{Arrival, Browser};
use stand_ins::company::TENANT;
use stand_ins::entra::{Answer, Endpoint, Fault};
use url::Url;

use crate::own_client::{OwnClient, REDIRECT, STATE, in_query};
use crate::seen::Seen;

/// Goes as far as Entra's page, as a person who agreed.
async fn at_entra(client: &OwnClient, browser: &mut Browser) -> Box<stand_ins::browser::Page> {
    let arrival = browser.open(client.authorize_with(&[]).as_str()).await.unwrap();
    let Arrival::Page(consent) = arrival else { panic!("the person is asked") };
    let arrival = browser.press(&consent, Some(("decision", "allow"))).await.unwrap();
    let Arrival::Page(entra) = arrival else { panic!("the person picks an account") };
    entra
}

/// The address at which Entra would send the browser of this page back, without going there.
async fn way_back(company: &Company, entra: &stand_ins::browser::Page) -> Url {
    let form = entra.form.as_ref().unwrap();
    let mut fields = form.fields.clone();
    fields.push(("stand_in_user".to_owned(), "ann".to_owned()));
    let address = format!("{}/{TENANT}/oauth2/v2.0/authorize", company.entra.base_url());
    let back = Seen::of(http().post(address).form(&fields)).await.location();
    for name in ["code", "state"] {
        company.canaries.plant(&in_query(&back, name).unwrap());
    }
    back
}

fn without(address: &Url, name: &str) -> Url {
    let kept: Vec<_> = address.query_pairs().filter(|(known, _)| known != name).collect();
    let mut changed = address.clone();
    changed.query_pairs_mut().clear().extend_pairs(kept);
    changed
}

fn with(address: &Url, name: &str, value: &str) -> Url {
    let mut changed = without(address, name);
    changed.query_pairs_mut().append_pair(name, value);
    changed
}

/// What a browser sees at this address.
async fn opened(browser: &mut Browser, address: &Url) -> (u16, Option<String>) {
    match browser.open(address.as_str()).await.unwrap() {
        Arrival::Page(page) => (page.status, page.leads_to),
        Arrival::App(landed) => panic!("the client got {landed}"),
    }
}

#[tokio::test]
async fn row_71_the_way_back_is_open_once_and_to_the_browser_that_went() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let mut ann = browser(&[REDIRECT]);
    let entra = at_entra(&client, &mut ann).await;
    let cookie = ann.cookie_names().into_iter().find(|name| name.contains("callback")).unwrap();
    let back = way_back(&company, &entra).await;
    for (story, address, cookie, status) in [
        ("no cookie", back.clone(), String::new(), 403),
        ("a forged cookie", back.clone(), format!("{cookie}=forged-by-somebody"), 403),
        ("an empty cookie", back.clone(), format!("{cookie}="), 403),
        ("an unknown state", with(&back, "state", "made-up-by-somebody"), String::new(), 403),
        ("no state", without(&back, "state"), String::new(), 400),
    ] {
        let seen = Seen::of(http().get(address).header("cookie", cookie)).await;
        assert!(seen.is_dead_end(status), "{story}: {} {}", seen.status, seen.text);
    }
    let mut other = browser(&[REDIRECT]);
    at_entra(&client, &mut other).await;
    assert_eq!(opened(&mut other, &back).await, (403, None), "another person's browser");
    assert_eq!(opened(&mut ann, &without(&back, "code")).await, (400, None), "no code");
    let twice = Url::parse(&format!("{back}&code=second")).unwrap();
    assert_eq!(opened(&mut ann, &twice).await, (400, None), "two codes");
    assert_eq!(company.entra_requests("token"), 0, "nothing was exchanged");
    // None of it used anything up.
    let Arrival::App(landed) = ann.open(back.as_str()).await.unwrap() else {
        panic!("the client gets its code")
    };
    let code = client.code_of(&landed, STATE);
    assert_eq!(client.exchange(&code, &[]).await.0, 200);
    let exchanges = company.entra_requests("token");
    assert_eq!(opened(&mut ann, &back).await, (403, None), "a second time");
    assert_eq!(company.entra_requests("token"), exchanges);
    connector.finish().await;
}

#[tokio::test]
async fn row_72_an_attackers_sign_in_does_not_end_in_the_victims_browser() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let (mut attacker, mut victim) = (browser(&[REDIRECT]), browser(&[REDIRECT]));
    let attackers = at_entra(&client, &mut attacker).await;
    let attackers = way_back(&company, &attackers).await;
    let victims = at_entra(&client, &mut victim).await;
    let victims = way_back(&company, &victims).await;
    assert_eq!(opened(&mut victim, &attackers).await, (403, None));
    assert_eq!(company.entra_requests("token"), 0);
    // Entra's code belongs to the proof key of its own leg, whatever state comes with it.
    let injected = with(&victims, "code", &in_query(&attackers, "code").unwrap());
    let arrival = victim.open(injected.as_str()).await.unwrap();
    let Arrival::App(landed) = arrival else { panic!("the client hears of it") };
    assert!(in_query(&landed, "code").is_none(), "{landed}");
    assert!(in_query(&landed, "error").is_some(), "{landed}");
    connector.finish().await;
}

async fn raw(
    connector: &Connector<'_>,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
) -> e2e::Reply {
    let request = Request::new(method, path);
    let request = more.iter().fold(request, |request, (name, value)| match *name {
        "body" => request.header("content-type", "application/x-www-form-urlencoded").body(*value),
        name => request.header(name, value),
    });
    connector.send(&request).await
}

#[tokio::test]
async fn row_75_a_cookie_that_a_neighbouring_host_could_set_counts_for_nothing() {
    let company = Company::start().await;
    let base = format!("https://{HOST}");
    let connector = Connector::start(&company, Flavour::Server, |usual| {
        usual.with("MCP_SERVER_AUTH_MODES", "proxy").with("MCP_BASE_URL", &base)
    })
    .await;
    let id = stand_ins::company::registration("sharepoint").unwrap();
    let challenge = e2e::challenge(crate::own_client::VERIFIER);
    let query = format!(
        "response_type=code&client_id={id}&redirect_uri={REDIRECT}&state=s&scope=access\
         &code_challenge={challenge}&code_challenge_method=S256"
    );
    let begun = raw(&connector, "GET", &format!("/oauth/authorize?{query}"), &[]).await;
    assert_eq!(begun.status, 302, "{}", begun.text());
    assert_eq!(begun.header("strict-transport-security"), Some("max-age=31536000"));
    let consent = begun.header("location").unwrap().strip_prefix(&base).unwrap().to_owned();
    let page = raw(&connector, "GET", &consent, &[]).await;
    let given = page.header("set-cookie").unwrap().to_owned();
    assert!(given.starts_with("__Host-") && given.contains("; Secure"), "{given}");
    assert!(given.contains("; Path=/;") && !given.contains("Domain"), "{given}");
    let pair = given.split(';').next().unwrap();
    let html = page.text();
    let field = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let form = format!("request={}&csrf={}&decision=allow", field("request"), field("csrf"));
    let tossed = pair.strip_prefix("__Host-").unwrap();
    let planted = format!("{}=planted", pair.split('=').next().unwrap());
    for cookie in [tossed, &planted] {
        let more = [("cookie", cookie), ("body", &form)];
        assert_eq!(raw(&connector, "POST", "/oauth/consent", &more).await.status, 403, "{cookie}");
    }
    // One that was tossed beside the right one does not hide it.
    let both = format!("{tossed}; {planted}; {pair}");
    let more = [("cookie", both.as_str()), ("body", &form)];
    let sent = raw(&connector, "POST", "/oauth/consent", &more).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    connector.finish().await;
}

#[tokio::test]
async fn row_78_what_entra_writes_reaches_neither_the_client_nor_the_log() {
    const CANARY: &str = "canary-of-entras-own-words";
    let company = Company::start().await;
    company.canaries.plant(CANARY);
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let hostile = format!("AADSTS50105: <script>{CANARY}</script>\r\nset-cookie: x=y");
    let mut ann = browser(&[REDIRECT]);
    let entra = at_entra(&client, &mut ann).await;
    let mut back = way_back(&company, &entra).await;
    let state = in_query(&back, "state").unwrap();
    back.query_pairs_mut().clear().extend_pairs([
        ("error", "access_denied"),
        ("error_description", &hostile),
        ("error_uri", "https://evil.example/canary-of-entras-own-words"),
        ("state", &state),
    ]);
    let Arrival::App(landed) = ann.open(back.as_str()).await.unwrap() else {
        panic!("the client hears of it")
    };
    assert!(!landed.as_str().contains(CANARY) && !landed.as_str().contains("AADSTS"), "{landed}");
    assert_eq!(in_query(&landed, "error").as_deref(), Some("access_denied"));
    assert_eq!(in_query(&landed, "iss").as_deref(), Some(client.issuer()));
    assert_eq!(in_query(&landed, "state").as_deref(), Some(STATE));
    assert_eq!(company.entra_requests("token"), 0);
    // The same words at the token endpoint.
    company.entra.fault(
        Fault::new(Answer::Aadsts {
            code: 50105,
            claims: None,
            suberror: None,
            error: None,
            description: Some(hostile),
        })
        .at(Endpoint::Token),
    );
    let mut bob = browser(&[REDIRECT]);
    let landed = bob.sign_in(client.authorize_with(&[]).as_str(), "bob").await.unwrap();
    assert!(!landed.as_str().contains(CANARY), "{landed}");
    assert_eq!(in_query(&landed, "error").as_deref(), Some("access_denied"), "{landed}");
    connector.finish().await;
}
