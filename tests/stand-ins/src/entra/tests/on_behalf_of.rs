//! On-behalf-of: what is granted and everything that is refused.

use serde_json::json;

use super::super::{
    Algorithm, EntraOptions, ScopeForm, SignedBy, TokenSpec, TokenVersion, verify_graph_token,
};
use super::{ON_BEHALF_OF, World, claims};
use crate::company::{
    ASSISTANT_CLIENT, CLIENT_SECRET, EXPIRED_CLIENT_SECRET, OTHER_TENANT, TENANT, person,
    registration,
};

const GRAPH: &str = "https://graph.microsoft.com";

#[tokio::test]
async fn a_good_request_gets_a_graph_token_for_the_same_person() {
    let world = World::start().await;
    let answer = world.token(&world.on_behalf_of_ann()).await;
    answer.granted();
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["scope"], "https://graph.microsoft.com/Files.Read.All");
    assert_eq!(
        (&answer.body["expires_in"], &answer.body["ext_expires_in"]),
        (&json!(4199), &json!(4199))
    );
    assert!(answer.body.get("refresh_token").is_none());
    let token = verify_graph_token(answer.text("access_token")).unwrap();
    assert_eq!(token.oid, person("ann").unwrap().oid);
    assert_eq!(token.scopes, ["Files.Read.All"]);
    assert_eq!(token.appid, registration("sharepoint").unwrap());
    assert_eq!(token.exp, super::NOW + 4199);
    assert!(!token.claims_cae);
    let claims = claims(answer.text("access_token"));
    assert_eq!((&claims["ver"], &claims["aud"]), (&json!("1.0"), &json!(GRAPH)));
    assert_eq!(claims["upn"], "ann@harbourlight.example");
}

#[tokio::test]
async fn a_v1_assertion_is_as_good_as_a_v2_one() {
    let world = World::start().await;
    let spec = TokenSpec::new("ann", "sharepoint").version(TokenVersion::V1);
    world.token(&world.on_behalf_of(&spec)).await.granted();
}

#[tokio::test]
async fn default_stands_for_every_granted_scope_of_the_resource() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann().with("scope", "https://graph.microsoft.com/.default");
    let answer = world.token(&form).await;
    let token = verify_graph_token(answer.granted().text("access_token")).unwrap();
    assert!(token.scopes.iter().any(|scope| scope == "Sites.Read.All"));
    assert!(!token.scopes.iter().any(|scope| scope == "access"));
}

#[tokio::test]
async fn scopes_come_back_short_when_the_stand_in_is_told_so() {
    let options = EntraOptions { scope_form: ScopeForm::Short, ..EntraOptions::default() };
    let world = World::with(options).await;
    let answer = world.token(&world.on_behalf_of_ann().with("scope", "Files.Read.All")).await;
    assert_eq!(answer.granted().body["scope"], "Files.Read.All");
}

#[tokio::test]
async fn sign_in_scopes_bring_their_tokens_and_client_info() {
    let world = World::start().await;
    let scope = "https://graph.microsoft.com/User.Read offline_access openid profile";
    let form = world.on_behalf_of_ann().with("scope", scope).with("client_info", "1");
    let answer = world.token(&form).await;
    answer.granted();
    assert_eq!(claims(answer.text("id_token"))["aud"], registration("sharepoint").unwrap());
    assert!(answer.text("refresh_token").len() > 40);
    assert!(answer.text("client_info").len() > 40);
}

#[tokio::test]
async fn basic_credentials_are_as_good_as_posted_ones() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann().without("client_secret");
    let client = registration("sharepoint").unwrap();
    let request = world.http.post(world.token_url()).form(&form.0);
    world.answer(request.basic_auth(client, Some(CLIENT_SECRET))).await.granted();
    let request = world.http.post(world.token_url()).form(&form.0);
    let answer = world.answer(request.basic_auth(client, Some("guess"))).await;
    answer.refused(401, "invalid_client", 7_000_215);
}

#[tokio::test]
async fn continuous_access_is_granted_to_clients_that_declare_it() {
    let world = World::start().await;
    let declared = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
    let answer = world.token(&world.on_behalf_of_ann().with("claims", declared)).await;
    let token = verify_graph_token(answer.granted().text("access_token")).unwrap();
    assert!(token.claims_cae);
    assert!((20 * 3600..=28 * 3600).contains(&answer.body["expires_in"].as_i64().unwrap()));
    assert!(answer.body["refresh_in"].is_i64());
    let answer = world.token(&world.on_behalf_of_ann().with("claims", "{not json")).await;
    answer.refused(400, "invalid_request", 9_002_313);
}

#[tokio::test]
async fn databricks_is_one_of_the_resources() {
    let world = World::start().await;
    let form = world
        .on_behalf_of(&TokenSpec::new("ann", "databricks"))
        .with("client_id", registration("databricks").unwrap())
        .with("scope", "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default");
    let answer = world.token(&form).await;
    let claims = claims(answer.granted().text("access_token"));
    assert_eq!(claims["aud"], "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d");
    assert_eq!(claims["scp"], "user_impersonation");
    assert!(verify_graph_token(answer.text("access_token")).is_none());
}

#[tokio::test]
async fn a_client_that_cannot_prove_itself_is_refused() {
    let world = World::start().await;
    let good = world.on_behalf_of_ann();
    let cases = [
        (good.clone().without("client_secret"), 401, "invalid_client", 7_000_218),
        (good.clone().with("client_secret", "guess"), 401, "invalid_client", 7_000_215),
        (good.clone().with("client_secret", ""), 401, "invalid_client", 7_000_218),
        (
            good.clone().with("client_secret", EXPIRED_CLIENT_SECRET),
            401,
            "invalid_client",
            7_000_222,
        ),
        (good.clone().with("client_id", TENANT), 400, "unauthorized_client", 700_016),
        (good.clone().without("client_id"), 400, "invalid_request", 900_144),
        (good.clone().with("client_id", ASSISTANT_CLIENT), 401, "invalid_client", 700_025),
        (
            good.clone().with("client_id", ASSISTANT_CLIENT).without("client_secret"),
            400,
            "unauthorized_client",
            7_000_114,
        ),
    ];
    for (form, status, error, code) in cases {
        world.token(&form).await.refused(status, error, code);
    }
}

#[tokio::test]
async fn a_request_that_lacks_a_part_is_refused() {
    let world = World::start().await;
    let good = world.on_behalf_of_ann();
    for part in ["grant_type", "requested_token_use", "assertion", "scope"] {
        let answer = world.token(&good.clone().without(part)).await;
        answer.refused(400, "invalid_request", 900_144);
        assert!(answer.text("error_description").contains(&format!("'{part}'")));
    }
    let answer = world.token(&good.clone().with("requested_token_use", "other")).await;
    answer.refused(400, "invalid_request", 9_002_313);
    let answer = world.token(&good.with("grant_type", "password")).await;
    answer.refused(400, "unsupported_grant_type", 70003);
}

#[tokio::test]
async fn only_a_posted_form_with_each_field_once_is_read() {
    let world = World::start().await;
    let good = world.on_behalf_of_ann();
    let json: serde_json::Map<_, _> =
        good.0.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let answer = world.answer(world.http.post(world.token_url()).json(&json)).await;
    answer.refused(400, "invalid_request", 900_144);
    let answer = world.answer(world.http.get(world.token_url()).query(&good.0)).await;
    answer.refused(400, "invalid_request", 900_561);
    let answer = world.answer(world.http.post(world.token_url()).query(&good.0)).await;
    answer.refused(400, "invalid_request", 900_144);
    let mut twice = good.clone();
    twice.0.push(("scope".to_owned(), "User.Read".to_owned()));
    let answer = world.token(&twice).await;
    answer.refused(400, "invalid_request", 9_000_411);
    assert!(answer.text("error_description").contains("'scope'"));
}

#[tokio::test]
async fn scopes_that_do_not_fit_are_refused() {
    let world = World::start().await;
    let own = format!("api://{}/access", registration("sharepoint").unwrap());
    let mixed = format!("{GRAPH}/User.Read {own}");
    let cases = [
        (mixed.as_str(), "invalid_request", 28000),
        ("openid profile", "invalid_scope", 70011),
        ("https://graph.microsoft.com/Files.Raed", "invalid_scope", 70011),
        ("Files.Read.All/", "invalid_resource", 500_011),
        (
            "https://graph.microsoft.com/.default https://graph.microsoft.com/User.Read",
            "invalid_scope",
            70011,
        ),
        ("https://nowhere.example/.default", "invalid_resource", 500_011),
        ("https://graph.microsoft.com.evil.example/User.Read", "invalid_resource", 500_011),
    ];
    for (scope, error, code) in cases {
        world.token(&world.on_behalf_of_ann().with("scope", scope)).await.refused(400, error, code);
    }
}

#[tokio::test]
async fn a_resource_parameter_must_name_what_the_scopes_are_for() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann();
    world.token(&form.clone().with("resource", GRAPH)).await.granted();
    for other in ["https://connector.example/mcp", registration("sharepoint").unwrap()] {
        let answer = world.token(&form.clone().with("resource", other)).await;
        answer.refused(400, "invalid_target", 9_010_010);
    }
}

#[tokio::test]
async fn a_permission_nobody_granted_needs_consent() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann().with("scope", "https://graph.microsoft.com/Mail.Send");
    let answer = world.token(&form).await;
    answer.refused(400, "invalid_grant", 65001);
    assert_eq!(answer.body["suberror"], "consent_required");
    let granted = "https://graph.microsoft.com/Files.Read.All";
    world.entra.withdraw_consent("sharepoint", granted).unwrap();
    world.token(&world.on_behalf_of_ann()).await.refused(400, "invalid_grant", 65001);
}

#[tokio::test]
async fn an_assertion_that_does_not_hold_is_refused() {
    let world = World::start().await;
    let spec = || TokenSpec::new("ann", "sharepoint");
    let old_key = world.entra.signing_kid();
    world.entra.roll().unwrap();
    let cases = [
        ("another connector's token", TokenSpec::new("ann", "outlook"), 500_131),
        (
            "upper-case audience",
            spec().audience(&registration("sharepoint").unwrap().to_uppercase()),
            500_131,
        ),
        ("audience as a list", spec().claim("aud", json!([registration("sharepoint")])), 500_131),
        ("no audience", spec().without_claim("aud"), 500_131),
        ("a token for Graph", spec().audience(GRAPH), 500_131),
        ("over", spec().expires(0), 500_133),
        ("no end", spec().without_claim("exp"), 500_133),
        ("end as text", spec().claim("exp", "2000000000"), 500_133),
        ("not begun", spec().not_before(301), 500_133),
        ("another tenant", spec().claim("tid", OTHER_TENANT), 50020),
        ("another issuer", spec().claim("iss", "https://evil.example/"), 50013),
        ("nobody", spec().claim("oid", TENANT), 50034),
        ("a stranger's signature", spec().signed_by(SignedBy::Stranger), 50013),
        ("no signature", spec().algorithm(Algorithm::None), 50013),
        ("the public key as a secret", spec().algorithm(Algorithm::Hs256), 50013),
        ("another RSA algorithm", spec().algorithm(Algorithm::Ps256), 50013),
        ("no kid", spec().without_header("kid"), 50013),
        ("unknown kid", spec().header("kid", "../../etc/passwd"), 50013),
        ("a list for claims", spec().payload("[]"), 50013),
    ];
    for (what, spec, code) in cases {
        let answer = world.token(&world.on_behalf_of(&spec)).await;
        assert_eq!(answer.body["error_codes"], json!([code]), "{what}");
        answer.refused(400, "invalid_grant", code);
    }
    let with_old_key = world.on_behalf_of(&spec().signed_by(SignedBy::Kid(old_key.clone())));
    world.token(&with_old_key).await.granted();
    assert!(world.entra.retire(&old_key));
    world.token(&with_old_key).await.refused(400, "invalid_grant", 50013);
}

#[tokio::test]
async fn garbage_for_an_assertion_is_refused() {
    let world = World::start().await;
    let token = world.entra.access_token("ann", "sharepoint").unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    for garbage in
        ["garbage", "a.b.c", "....", input, &format!("{input}.{flipped}"), &format!("{token}=")]
    {
        let form = world.on_behalf_of_ann().with("assertion", garbage);
        world.token(&form).await.refused(400, "invalid_grant", 50013);
    }
}

#[tokio::test]
async fn an_application_or_an_id_token_is_no_person() {
    let world = World::start().await;
    for spec in [
        TokenSpec::app_only("sharepoint"),
        TokenSpec::new("ann", "sharepoint").claim("idtyp", "app"),
        TokenSpec::id_token("ann", "sharepoint"),
    ] {
        let answer = world.token(&world.on_behalf_of(&spec)).await;
        answer.refused(400, "unauthorized_client", 7_000_114);
    }
}

#[tokio::test]
async fn a_person_s_token_ends_with_time() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann();
    world.clock.advance(3599);
    world.token(&form).await.granted();
    world.clock.advance(1);
    world.token(&form).await.refused(400, "invalid_grant", 500_133);
}

#[tokio::test]
async fn a_tenant_that_is_not_there_cannot_be_asked() {
    let world = World::start().await;
    let form = world.on_behalf_of_ann();
    let at = |tenant: &str| world.url(&format!("/{tenant}/oauth2/v2.0/token"));
    let nowhere = world.http.post(at("11111111-1111-4111-8111-111111111111")).form(&form.0);
    world.answer(nowhere).await.refused(400, "invalid_tenant", 90002);
    let common = world.http.post(at("common")).form(&form.0);
    world.answer(common).await.refused(400, "invalid_tenant", 90002);
    let other = world.http.post(at(OTHER_TENANT)).form(&form.0);
    world.answer(other).await.refused(400, "unauthorized_client", 700_016);
}

#[tokio::test]
async fn the_correlation_id_of_the_caller_comes_back() {
    let world = World::start().await;
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let request = world.http.post(world.token_url()).header("client-request-id", id);
    let answer = world.answer(request.form(&[("grant_type", ON_BEHALF_OF)])).await;
    answer.refused(400, "invalid_request", 900_144);
    assert_eq!(answer.text("correlation_id"), id);
}
