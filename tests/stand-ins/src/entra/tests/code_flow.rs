//! Signing in and exchanging the code.

use serde_json::json;

use super::browser::{
    ExchangeCase, Seen, VERIFIER, WEB, api_scope, assistant, connector, exchange,
};
use super::{World, claims};
use crate::company::{ASSISTANT_CLIENT, CLIENT_SECRET, OTHER_TENANT, TENANT, person, registration};

#[tokio::test]
async fn an_assistant_signs_a_person_in_and_calls_a_connector() {
    let world = World::start().await;
    let seen = world.authorize(&assistant()).await;
    assert_eq!(seen.field("state").as_deref(), Some("s t&te"));
    let answer = world.token(&exchange(&assistant(), &seen.field("code").unwrap())).await;
    let access = claims(answer.granted().text("access_token"));
    assert_eq!(access["aud"], registration("sharepoint").unwrap());
    assert_eq!((&access["azp"], &access["azpacr"]), (&json!(ASSISTANT_CLIENT), &json!("0")));
    assert_eq!((&access["scp"], &access["ver"]), (&json!("access"), &json!("2.0")));
    assert_eq!(access["oid"], person("ann").unwrap().oid);
    assert_eq!(answer.text("scope"), format!("{} openid profile", api_scope()));
    let id = claims(answer.text("id_token"));
    assert_eq!((&id["aud"], &id["nonce"]), (&json!(ASSISTANT_CLIENT), &json!("n-1")));
    let form = world.on_behalf_of_ann().with("assertion", answer.text("access_token"));
    world.token(&form).await.granted();
}

#[tokio::test]
async fn a_connector_signs_a_person_in_for_itself() {
    let world = World::start().await;
    let access = claims(world.signed_in(&connector()).await.granted().text("access_token"));
    assert_eq!(access["azp"], registration("sharepoint").unwrap());
    assert_eq!(access["azpacr"], "1");
}

#[tokio::test]
async fn a_v1_api_gets_a_v1_token_with_the_audience_it_was_asked_by() {
    let world = World::start().await;
    world.entra.set_token_version("sharepoint", super::super::TokenVersion::V1).unwrap();
    let access = claims(world.assistant_signed_in().await.granted().text("access_token"));
    assert_eq!(access["aud"], format!("api://{}", registration("sharepoint").unwrap()));
    assert_eq!(access["iss"], world.url(&format!("/{TENANT}/")));
    assert_eq!((&access["appid"], &access["ver"]), (&json!(ASSISTANT_CLIENT), &json!("1.0")));
}

#[tokio::test]
async fn a_resource_that_is_the_app_id_uri_is_accepted() {
    let world = World::start().await;
    let uri = "https://sharepoint.connectors.example/mcp";
    let sign_in = assistant().with("scope", &format!("{uri}/access")).with("resource", uri);
    world.authorize(&sign_in).await.refused("invalid_resource", 500_011);
    world.entra.add_app_id_uri("sharepoint", uri).unwrap();
    world.signed_in(&sign_in).await.granted();
    let code = world.code(&sign_in).await;
    let other = exchange(&sign_in, &code).with("resource", "https://other.example/mcp");
    world.token(&other).await.refused(400, "invalid_target", 9_010_010);
    let trailing = sign_in.with("resource", &format!("{uri}/"));
    world.authorize(&trailing).await.refused("invalid_target", 9_010_010);
}

#[tokio::test]
async fn a_person_picks_an_account_on_the_page() {
    let world = World::start().await;
    let asked = assistant().without("prompt").with("state", "\"><script>");
    let Seen::Page(200, page) = world.authorize(&asked).await else { panic!("no page") };
    assert!(page.contains("Carla O&#39;Neill") && !page.contains("<script>"));
    let form = asked.with("stand_in_user", "carla");
    let seen = world.browse(world.http.post(world.authorize_url()).form(&form.0)).await;
    let answer = world.token(&exchange(&form, &seen.field("code").unwrap())).await;
    let access = claims(answer.granted().text("access_token"));
    assert_eq!(access["oid"], person("carla").unwrap().oid);
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = World::start().await;
    let bad_for_assistant = [
        "https://evil.example/callback",
        "http://localhost.evil.example/callback",
        "http://127.0.0.2:1/callback",
        "http://[::1]:1/callback",
        "http://user@localhost:1/callback",
        "http://localhost:1/callback#x",
        "javascript:alert(1)",
        WEB,
    ];
    let bad_for_connector = [
        "http://sharepoint.connectors.example/oauth/callback",
        "https://sharepoint.connectors.example/oauth/callback/more",
        "https://sharepoint.connectors.example/other",
        "https://u:p@sharepoint.connectors.example/oauth/callback",
        "https://sharepoint.connectors.example/x/%2e%2e/oauth/callback",
        "https://sharepoint.connectors.example/oauth/callback?x=1",
    ];
    let assistants = bad_for_assistant.map(|uri| assistant().with("redirect_uri", uri));
    let connectors = bad_for_connector.map(|uri| connector().with("redirect_uri", uri));
    for asked in assistants.into_iter().chain(connectors) {
        match world.authorize(&asked).await {
            Seen::Page(400, page) => assert!(page.contains("AADSTS50011"), "{page}"),
            _ => panic!("{:?} was accepted", asked.0),
        }
    }
}

#[tokio::test]
async fn an_unknown_client_or_tenant_gets_a_page_and_no_redirect() {
    let world = World::start().await;
    let unknown = assistant().with("client_id", TENANT);
    let Seen::Page(400, page) = world.authorize(&unknown).await else { panic!("redirected") };
    assert!(page.contains("AADSTS700016"));
    for (tenant, code) in [("nowhere", "AADSTS90002"), (OTHER_TENANT, "AADSTS700016")] {
        let url = world.url(&format!("/{tenant}/oauth2/v2.0/authorize"));
        let Seen::Page(400, page) = world.browse(world.http.get(url).query(&assistant().0)).await
        else {
            panic!("redirected")
        };
        assert!(page.contains(code), "{page}");
    }
}

#[tokio::test]
async fn a_sign_in_that_asks_for_the_wrong_thing_is_refused() {
    let world = World::start().await;
    let cases = [
        (assistant().with("response_type", "token"), "unsupported_response_type", 9_002_313),
        (assistant().with("response_mode", "fragment"), "invalid_request", 9_002_313),
        (assistant().without("code_challenge"), "invalid_request", 9_002_325),
        (assistant().without("code_challenge_method"), "invalid_request", 501_481),
        (assistant().with("code_challenge_method", "plain"), "invalid_request", 501_481),
        (assistant().with("code_challenge", "short"), "invalid_request", 501_481),
        (assistant().without("scope"), "invalid_request", 900_144),
        (assistant().with("scope", "https://graph.microsoft.com/Nope"), "invalid_client", 650_053),
        (assistant().with("scope", "access"), "invalid_client", 650_053),
        (
            assistant().with("resource", "https://sharepoint.example/mcp"),
            "invalid_target",
            9_010_010,
        ),
        (assistant().without("login_hint"), "login_required", 50058),
        (assistant().with("login_hint", "mallory"), "invalid_grant", 50034),
        (
            assistant().with("scope", "https://graph.microsoft.com/Mail.Send"),
            "interaction_required",
            65001,
        ),
    ];
    for (asked, error, code) in cases {
        world.authorize(&asked).await.refused(error, code);
    }
}

#[tokio::test]
async fn a_code_is_good_once() {
    let world = World::start().await;
    let code = world.code(&assistant()).await;
    world.token(&exchange(&assistant(), &code)).await.granted();
    world.token(&exchange(&assistant(), &code)).await.refused(400, "invalid_grant", 54005);
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    let world = World::start().await;
    let code = world.code(&assistant()).await;
    world.clock.advance(600);
    world.token(&exchange(&assistant(), &code)).await.refused(400, "invalid_grant", 70008);
}

#[tokio::test]
async fn a_code_needs_its_verifier_its_address_and_its_client() {
    let world = World::start().await;
    let wrong = "another-verifier-that-is-long-enough-for-the-standard";
    let outlook = registration("outlook").unwrap();
    let cases: [ExchangeCase; 5] = [
        (|form| form.without("code_verifier"), 400, "invalid_request", 900_144),
        (|form| form.with("code_verifier", VERIFIER.split_at(42).0), 400, "invalid_grant", 501_481),
        (
            |form| form.with("redirect_uri", "http://localhost:1/callback"),
            401,
            "invalid_client",
            500_112,
        ),
        (|form| form.without("redirect_uri"), 400, "invalid_request", 900_144),
        (|form| form.with("code", "garbage"), 400, "invalid_grant", 9_002_313),
    ];
    for (change, status, error, code) in cases {
        let form = change(exchange(&assistant(), &world.code(&assistant()).await));
        world.token(&form).await.refused(status, error, code);
    }
    let form = exchange(&assistant(), &world.code(&assistant()).await);
    let form_with_wrong = form.clone().with("code_verifier", wrong);
    world.token(&form_with_wrong).await.refused(400, "invalid_grant", 501_481);
    let form = exchange(&connector(), &world.code(&connector()).await);
    world.token(&form.with("client_id", outlook)).await.refused(400, "invalid_grant", 70000);
}

#[tokio::test]
async fn a_connector_needs_its_secret_and_an_assistant_must_have_none() {
    let world = World::start().await;
    let form = exchange(&connector(), &world.code(&connector()).await);
    world.token(&form.without("client_secret")).await.refused(401, "invalid_client", 7_000_218);
    let form = exchange(&assistant(), &world.code(&assistant()).await);
    let form = form.with("client_secret", CLIENT_SECRET);
    world.token(&form).await.refused(401, "invalid_client", 700_025);
}

#[tokio::test]
async fn a_sign_in_for_two_resources_is_exchanged_for_one() {
    let world = World::start().await;
    let graph = "https://graph.microsoft.com/User.Read";
    let sign_in = connector().with("scope", &format!("{} {graph} offline_access", api_scope()));
    let form = exchange(&sign_in, &world.code(&sign_in).await);
    world.token(&form).await.refused(400, "invalid_request", 28003);
    let form = exchange(&sign_in, &world.code(&sign_in).await);
    let both = form.clone().with("scope", &format!("{} {graph}", api_scope()));
    world.token(&both).await.refused(400, "invalid_request", 28000);
    let form = exchange(&sign_in, &world.code(&sign_in).await);
    let other = form.with("scope", "https://graph.microsoft.com/Files.Read.All");
    world.token(&other).await.refused(400, "invalid_request", 28002);
    let form = exchange(&sign_in, &world.code(&sign_in).await).with("scope", &api_scope());
    let answer = world.token(&form).await;
    assert_eq!(claims(answer.granted().text("access_token"))["scp"], "access");
    assert!(answer.body["refresh_token"].is_string());
}

#[tokio::test]
async fn a_person_on_the_page_agrees_to_what_is_asked() {
    let world = World::start().await;
    let scope = "https://graph.microsoft.com/Mail.Send";
    let form = world.on_behalf_of_ann().with("scope", scope);
    world.token(&form).await.refused(400, "invalid_grant", 65001);
    let asked = connector().without("prompt").with("stand_in_user", "ann").with("scope", scope);
    world.signed_in(&asked).await.granted();
    world.token(&form).await.granted();
    let bobs = super::super::TokenSpec::new("bob", "sharepoint");
    let form = world.on_behalf_of(&bobs).with("scope", scope);
    world.token(&form).await.refused(400, "invalid_grant", 65001);
}
