//! The sign-in as a Lambda function: any instance may take any step, and any may be gone the next
//! moment.

use e2e::{Company, Connector, Environment, Moto, NAME, free_port, own_function};
use jiff::Timestamp;
use stand_ins::alb::Faults;
use stand_ins::browser::{Arrival, Browser, Page};
use url::Url;

use crate::own_client::{OwnClient, REDIRECT, STATE, Tokens, on_disk, says, works};

const TABLE: &str = "storage";
/// How long anything of a sign-in may outlive its last step, and some patience, in seconds.
const SIGN_IN_S: i64 = 600 + 60;

fn in_table(environment: Environment, moto: &Moto) -> Environment {
    let environment = moto.environment(environment).with("STORAGE_TYPE", "dynamodb");
    environment.with("STORAGE_DYNAMODB_TABLE_NAME", TABLE)
}

/// The next so many requests lose their instance, right after or right before it answers.
fn lose(connector: &Connector<'_>, faults: Faults) {
    connector.alb().set_faults(NAME, faults).unwrap();
}

fn answer_is_lost() -> Faults {
    Faults { kill_before_answer: 1, ..Faults::default() }
}

fn nobody_answers_twice() -> Faults {
    Faults { kill_after_answer: 1_000, ..Faults::default() }
}

/// A sign-in, a call and a refresh, each request at another instance.
async fn tell_with_many(connector: &Connector<'_>) {
    lose(connector, nobody_answers_twice());
    let client = OwnClient::register(connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    assert!(works(connector, &first).await);
    let second = Tokens::of(client.renew(&first.refresh, &[]).await);
    let again = Tokens::of(client.renew(&first.refresh, &[]).await);
    assert_eq!(second.refresh, again.refresh);
    assert!(works(connector, &second).await);
    assert_eq!(client.revoke(&second.refresh).await.0, 200);
    assert!(!works(connector, &second).await);
    let state = connector.alb().target_state(NAME).unwrap();
    assert!(state.started >= 10, "{} instances", state.started);
}

#[tokio::test]
async fn every_step_may_land_on_another_instance_with_records_on_disk() {
    let (company, folder) = (Company::start().await, tempfile::tempdir().unwrap());
    let connector = own_function(free_port(), &company, |usual| on_disk(usual, &folder)).await;
    tell_with_many(&connector).await;
    connector.finish().await;
}

#[tokio::test]
async fn every_step_may_land_on_another_instance_with_records_in_dynamodb() {
    let company = Company::start().await;
    let Some(moto) = Moto::start().await else { return };
    moto.create_table(TABLE).await;
    let connector = own_function(free_port(), &company, |usual| in_table(usual, &moto)).await;
    tell_with_many(&connector).await;
    for item in moto.items(TABLE).await {
        company.canaries.check_store(&item.to_string());
    }
    connector.finish().await;
}

/// A person half-way, and the button they press next.
struct HalfWay<'b> {
    browser: Browser,
    page: Box<Page>,
    button: (&'b str, &'b str),
}

impl HalfWay<'_> {
    /// At the consent page.
    async fn consent(client: &OwnClient) -> Self {
        let mut browser = e2e::browser(&[REDIRECT]);
        let arrival = browser.open(client.authorize_with(&[]).as_str()).await.unwrap();
        Self { browser, page: waits(arrival), button: ("decision", "allow") }
    }

    /// At Entra's page.
    async fn entra(client: &OwnClient) -> Self {
        let mut at = Self::consent(client).await;
        at.page = waits(at.press().await);
        at.button = ("stand_in_user", "ann");
        at
    }

    async fn press(&mut self) -> Arrival {
        self.browser.press(&self.page, Some(self.button)).await.unwrap()
    }
}

fn waits(arrival: Arrival) -> Box<Page> {
    match arrival {
        Arrival::Page(page) => page,
        Arrival::App(landed) => panic!("already at {landed}"),
    }
}

fn arrives(arrival: Arrival) -> Url {
    match arrival {
        Arrival::App(landed) => landed,
        Arrival::Page(page) => panic!("status {}: {}", page.status, page.html),
    }
}

/// Whether a person who begins again comes in.
async fn begins_again(connector: &Connector<'_>, client: &OwnClient) {
    let tokens = client.sign_in("ann").await;
    assert!(works(connector, &tokens).await);
}

#[tokio::test]
async fn a_function_that_dies_between_two_steps_is_not_noticed() {
    let (company, folder) = (Company::start().await, tempfile::tempdir().unwrap());
    let connector = own_function(free_port(), &company, |usual| on_disk(usual, &folder)).await;
    let die = || connector.alb().recycle(NAME).unwrap();
    let client = OwnClient::register(&connector, REDIRECT).await;
    die();
    let mut ann = HalfWay::consent(&client).await;
    die();
    ann.page = waits(ann.press().await);
    ann.button = ("stand_in_user", "ann");
    die();
    let landed = arrives(ann.press().await);
    die();
    let code = client.code_of(&landed, STATE);
    let tokens = Tokens::of(client.exchange(&code, &[]).await);
    die();
    assert!(works(&connector, &tokens).await);
    die();
    let tokens = Tokens::of(client.renew(&tokens.refresh, &[]).await);
    die();
    assert!(works(&connector, &tokens).await);
    connector.finish().await;
}

#[tokio::test]
async fn a_page_whose_answer_is_lost_can_be_asked_for_again_or_the_person_begins_again() {
    let (company, folder) = (Company::start().await, tempfile::tempdir().unwrap());
    let connector = own_function(free_port(), &company, |usual| on_disk(usual, &folder)).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    // Before anything is used up, asking again is enough.
    let mut ann = e2e::browser(&[REDIRECT]);
    let address = client.authorize_with(&[]);
    lose(&connector, answer_is_lost());
    assert_eq!(waits(ann.open(address.as_str()).await.unwrap()).status, 502);
    let landed = ann.sign_in(address.as_str(), "ann").await.unwrap();
    let code = client.code_of(&landed, STATE);
    Tokens::of(client.exchange(&code, &[]).await);
    // The form was taken, and where it led to is lost.
    let mut ann = HalfWay::consent(&client).await;
    lose(&connector, answer_is_lost());
    assert_eq!(waits(ann.press().await).status, 502);
    let page = waits(ann.press().await);
    assert!(page.status == 403 && page.html.contains("connect again"), "{}", page.html);
    begins_again(&connector, &client).await;
    // Entra's code was redeemed, and ours is lost.
    let mut ann = HalfWay::entra(&client).await;
    lose(&connector, answer_is_lost());
    let page = waits(ann.press().await);
    assert_eq!(page.status, 502);
    let page = waits(ann.browser.open(page.address.as_str()).await.unwrap());
    assert!(page.status == 400 && page.html.contains("connect again"), "{}", page.html);
    begins_again(&connector, &client).await;
    connector.finish().await;
}

#[tokio::test]
async fn tokens_whose_answer_is_lost_are_given_by_a_new_sign_in_or_the_same_refresh() {
    let (company, folder) = (Company::start().await, tempfile::tempdir().unwrap());
    let connector = own_function(free_port(), &company, |usual| on_disk(usual, &folder)).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let code = client.code("ann").await;
    lose(&connector, answer_is_lost());
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client.id()),
        ("code", &code),
        ("code_verifier", crate::own_client::VERIFIER),
    ];
    let lost =
        e2e::http().post(client.endpoint("token_endpoint")).form(&form).send().await.unwrap();
    assert_eq!(lost.status().as_u16(), 502);
    // The code is marked, and nobody can say who has its tokens.
    says(&client.exchange(&code, &[]).await, 400, "invalid_grant");
    let tokens = client.sign_in("ann").await;
    // A refresh token may be presented again.
    lose(&connector, answer_is_lost());
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id()),
        ("refresh_token", tokens.refresh.as_str()),
    ];
    let lost =
        e2e::http().post(client.endpoint("token_endpoint")).form(&form).send().await.unwrap();
    assert_eq!(lost.status().as_u16(), 502);
    let next = Tokens::of(client.renew(&tokens.refresh, &[]).await);
    assert!(works(&connector, &next).await);
    connector.finish().await;
}

#[tokio::test]
async fn what_an_interrupted_sign_in_leaves_behind_ends_by_itself() {
    let company = Company::start().await;
    let Some(moto) = Moto::start().await else { return };
    moto.create_table(TABLE).await;
    let connector = own_function(free_port(), &company, |usual| in_table(usual, &moto)).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    HalfWay::consent(&client).await;
    HalfWay::entra(&client).await;
    client.code("ann").await;
    let mut lost = HalfWay::entra(&client).await;
    lose(&connector, answer_is_lost());
    assert_eq!(waits(lost.press().await).status, 502);
    let items = moto.items(TABLE).await;
    assert!(items.len() > 5, "{items:?}");
    let now = Timestamp::now().as_second();
    let left_s = |item: &serde_json::Value| {
        let ttl = item["ttl"]["N"].as_str().unwrap_or_else(|| panic!("it never ends: {item}"));
        ttl.parse::<i64>().unwrap() - now
    };
    let lasting: Vec<_> = items.iter().filter(|item| left_s(item) > SIGN_IN_S).collect();
    assert_eq!(lasting.len(), 1, "the registration alone is kept: {lasting:?}");
    assert!(left_s(lasting[0]) <= 90 * 24 * 3600);
    connector.finish().await;
}
