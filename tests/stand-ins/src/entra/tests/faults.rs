//! Faults: what goes wrong, for whom, and how often.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Answer, Endpoint, Fault, Grant, KNOWN_SECRET, SpoiledKeys, TokenSpec};
use super::World;
use crate::company::TENANT;

fn keys_path() -> String {
    format!("/{TENANT}/discovery/v2.0/keys")
}

#[tokio::test]
async fn every_documented_code_has_its_oauth_error() {
    let world = World::start().await;
    let groups: [(&[u32], u16, &str); 8] = [
        (&[50013, 500_131, 500_133, 50027, 50006], 400, "invalid_grant"),
        (&[50072, 50074, 50076, 50078, 50079, 50158], 400, "interaction_required"),
        (&[53003, 53000, 53001, 53002, 50131, 530_032, 53011], 400, "interaction_required"),
        (&[65001, 90094, 90095, 65004, 50105, 50057, 50034, 50173], 400, "invalid_grant"),
        (&[700_082, 70008, 70043, 700_084, 50089, 50196], 400, "invalid_grant"),
        (&[7_000_215, 7_000_222, 7_000_218, 700_027, 700_025, 50012], 401, "invalid_client"),
        (&[700_016, 7_000_112, 7_000_114, 700_229], 400, "unauthorized_client"),
        (&[90033, 90024, 50033, 90006, 90012, 40010], 503, "temporarily_unavailable"),
    ];
    for (codes, status, error) in groups {
        for code in codes {
            world.entra.fault(Fault::aadsts(*code).times(1));
            world.token(&world.on_behalf_of_ann()).await.refused(status, error, *code);
        }
    }
    world.token(&world.on_behalf_of_ann()).await.granted();
}

#[tokio::test]
async fn a_challenge_carries_claims_and_suberror() {
    let world = World::start().await;
    let claims = r#"{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}"#;
    world.entra.fault(Fault::new(Answer::Aadsts {
        code: 50076,
        claims: Some(claims.to_owned()),
        suberror: Some("additional_action".to_owned()),
        error: Some("invalid_grant".to_owned()),
        description: Some("eyJ0b2tlbiI6 in the text".to_owned()),
    }));
    let answer = world.token(&world.on_behalf_of_ann()).await;
    answer.refused(400, "invalid_grant", 50076);
    assert_eq!((answer.text("claims"), answer.text("suberror")), (claims, "additional_action"));
    assert!(answer.text("error_description").contains("eyJ0b2tlbiI6"));
}

#[tokio::test]
async fn a_fault_hits_only_the_person_the_grant_and_the_client_it_names() {
    let world = World::start().await;
    let anns = world.on_behalf_of_ann();
    let bobs = world.on_behalf_of(&TokenSpec::new("bob", "sharepoint"));
    let fault = || Fault::aadsts(50057);
    for (fault, hits_ann, hits_bob, hits_sign_in) in [
        (fault().person("ann"), true, false, true),
        (fault().grant(Grant::OnBehalfOf), true, true, false),
        (fault().grant(Grant::AuthorizationCode), false, false, true),
        (fault().client("sharepoint"), true, true, false),
        (fault().client("assistant"), false, false, true),
        (fault().at(Endpoint::Keys), false, false, false),
    ] {
        world.entra.fault(fault);
        assert_eq!(world.token(&anns).await.status == 400, hits_ann);
        assert_eq!(world.token(&bobs).await.status == 400, hits_bob);
        assert_eq!(world.assistant_signed_in().await.status == 400, hits_sign_in);
        world.entra.clear_faults();
    }
    world.token(&anns).await.granted();
}

#[tokio::test]
async fn throttling_says_how_long_to_wait() {
    let world = World::start().await;
    for (answer, status) in [
        (Answer::Throttled { retry_after: Some(17) }, 429),
        (Answer::Unavailable { retry_after: Some(17) }, 503),
    ] {
        world.entra.fault(Fault::new(answer).times(1));
        let form = world.on_behalf_of_ann();
        let response = world.http.post(world.token_url()).form(&form.0).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["retry-after"], "17");
        assert_eq!(response.json::<Value>().await.unwrap()["error"], "temporarily_unavailable");
    }
}

#[tokio::test]
async fn a_hanging_answer_never_comes() {
    let world = World::start().await;
    world.entra.fault(Fault::new(Answer::Hang).times(1));
    let form = world.on_behalf_of_ann();
    let request = world.http.post(world.token_url()).form(&form.0);
    let error = request.timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(error.is_timeout());
    world.token(&form).await.granted();
}

#[tokio::test]
async fn a_slow_answer_is_right_and_late() {
    let world = World::start().await;
    world.entra.fault(Fault::new(Answer::Slow { ms: 150 }));
    let begun = std::time::Instant::now();
    world.token(&world.on_behalf_of_ann()).await.granted();
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_web_page_or_a_huge_body_comes_with_status_200() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann();
    let post = || world.http.post(world.token_url()).form(&form.0).send();
    world.entra.fault(Fault::new(Answer::Html).times(1));
    let response = post().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    world.entra.fault(Fault::new(Answer::Huge { bytes: 2 << 20 }).times(1));
    let response = post().await.unwrap();
    assert_eq!((response.status().as_u16(), response.bytes().await.unwrap().len()), (200, 2 << 20));
}

#[tokio::test]
async fn lifetime_and_scope_of_a_good_answer_can_be_spoiled() {
    let world = World::start().await;
    for value in [json!(0), json!(-1), json!("abc"), Value::Null] {
        world.entra.fault(Fault::new(Answer::ExpiresIn { value: value.clone() }).times(1));
        let answer = world.token(&world.on_behalf_of_ann()).await;
        assert_eq!(answer.granted().body.get("expires_in"), Some(&value).filter(|v| !v.is_null()));
    }
    let scope = "https://graph.microsoft.com/User.Read".to_owned();
    world.entra.fault(Fault::new(Answer::Scope { scope: scope.clone() }).times(1));
    let answer = world.token(&world.on_behalf_of_ann()).await;
    assert_eq!(answer.granted().text("scope"), scope);
}

#[tokio::test]
async fn keys_can_be_spoiled_in_every_known_way() {
    let world = World::start().await;
    let good = world.get(&keys_path()).await.body["keys"][0].clone();
    let spoil = async |spoiled| {
        world.entra.fault(Fault::new(Answer::Keys { spoiled }).at(Endpoint::Keys).times(1));
        world.get(&keys_path()).await.body["keys"][0].clone()
    };
    let symmetric = spoil(SpoiledKeys::Symmetric).await;
    assert_eq!((&symmetric["kty"], &symmetric["kid"]), (&json!("oct"), &good["kid"]));
    assert_eq!(symmetric["k"], super::super::jwt::base64url(KNOWN_SECRET));
    let short = spoil(SpoiledKeys::Short).await;
    assert_eq!((short["n"].as_str().unwrap().len(), &short["kid"]), (171, &good["kid"]));
    assert_eq!(spoil(SpoiledKeys::ForEncryption).await["use"], "enc");
    let foreign = spoil(SpoiledKeys::ForeignIssuer).await;
    assert!(foreign["issuer"].as_str().unwrap().contains(crate::company::OTHER_TENANT));
    assert_eq!(foreign["n"], good["n"]);
    assert_eq!(spoil(SpoiledKeys::Empty).await, Value::Null);
    assert_eq!(world.get(&keys_path()).await.body["keys"][0], good);
}

#[tokio::test]
async fn keys_and_discovery_can_move_away_or_turn_into_something_else() {
    let world = World::start().await;
    let location = "https://evil.example/keys".to_owned();
    let configuration = format!("/{TENANT}/v2.0/.well-known/openid-configuration");
    for (endpoint, path) in [(Endpoint::Keys, keys_path()), (Endpoint::Discovery, configuration)] {
        let get = || world.http.get(world.url(&path)).send();
        let redirect = Answer::Redirect { location: location.clone() };
        world.entra.fault(Fault::new(redirect).at(endpoint).times(1));
        let response = get().await.unwrap();
        assert_eq!(response.status(), 307);
        assert_eq!(response.headers()["location"], location.as_str());
        world.entra.fault(Fault::new(Answer::Html).at(endpoint).times(1));
        assert!(get().await.unwrap().text().await.unwrap().starts_with("<html>"));
        world.entra.fault(Fault::new(Answer::Huge { bytes: 10 << 20 }).at(endpoint).times(1));
        assert_eq!(get().await.unwrap().bytes().await.unwrap().len(), 10 << 20);
        assert!(get().await.unwrap().json::<Value>().await.unwrap().is_object());
    }
}
