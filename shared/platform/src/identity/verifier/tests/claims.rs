//! Rows about what a token says.

use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{refuses, refuses_missing, verify, with_claims};
use crate::clock::Clock;
use crate::identity::TokenVersion;
use crate::identity::reject::Reject;
use crate::identity::test_entra::{AZP, CLIENT, NOW_S, OID, TENANT, TestEntra, header, signed};

#[tokio::test]
async fn a_token_that_meets_every_rule_proves_its_caller() {
    let entra = TestEntra::start().await;
    let token = entra.token();
    let caller = entra.verifier().verify(&token).await.unwrap();
    assert_eq!((caller.tid.as_str(), caller.oid.as_str()), (TENANT, OID));
    assert_eq!(caller.azp, AZP);
    assert_eq!(caller.upn.as_deref(), Some("ann@example.test"));
    assert_eq!(caller.scopes, ["access", "other"]);
    assert_eq!(caller.issued_at.as_second(), NOW_S);
    assert_eq!(caller.expires_at.as_second(), NOW_S + 3600);
    assert!(!caller.understands_claims);
    assert_eq!(caller.token.expose_secret(), token.expose());
    assert_eq!(caller.fingerprint, token.fingerprint());
    assert!(!format!("{caller:?}").contains(token.expose()));
}

#[tokio::test]
async fn a_client_that_understands_claims_says_so_in_its_token() {
    let entra = TestEntra::start().await;
    for (value, understands) in [
        (json!(["cp1"]), true),
        (json!(["other", "cp1"]), true),
        (json!("cp1"), true),
        (json!(["cp10"]), false),
        (json!(1), false),
    ] {
        let caller = with_claims(&entra, |claims| claims["xms_cc"] = value.clone()).await;
        assert_eq!(caller.unwrap().understands_claims, understands, "{value}");
    }
}

#[tokio::test]
async fn rows_20_21_34_and_35_tokens_for_others_are_refused() {
    let entra = TestEntra::start().await;
    let upper = format!("API://{CLIENT}");
    let slash = format!("api://{CLIENT}/");
    let values = [
        json!("00000003-0000-0000-c000-000000000000"),
        json!("https://graph.microsoft.com"),
        json!("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"),
        json!("https://management.azure.com/"),
        json!("99999999-1111-4222-8333-444455556666"),
        json!(upper),
        json!(slash),
        json!(CLIENT.to_uppercase()),
        json!([CLIENT]),
        json!([CLIENT, "other"]),
    ];
    refuses(&entra, "aud", &values, &Reject::Audience).await;
    refuses_missing(&entra, "aud", &Reject::Audience).await;
    for odd in [json!(1), json!({"a": CLIENT}), json!(null)] {
        let verdict = with_claims(&entra, |claims| claims["aud"] = odd.clone()).await;
        assert!(verdict.is_err(), "{odd}");
    }
    let uri = json!(format!("api://{CLIENT}"));
    assert!(with_claims(&entra, |claims| claims["aud"] = uri.clone()).await.is_ok());
}

#[tokio::test]
async fn row_22_other_issuers_are_refused() {
    let entra = TestEntra::start().await;
    let issuer = entra.issuer(TokenVersion::V2);
    let values = [
        json!(issuer.replace(TENANT, "9188040d-6c67-4c5b-b112-36a304b66dad")),
        json!(format!("{issuer}/")),
        json!(format!("{issuer}evil")),
        json!(issuer.replace("http://", "https://")),
        json!(format!("https://login.microsoftonline.com/{TENANT}/v2.0")),
        json!([issuer]),
    ];
    refuses(&entra, "iss", &values, &Reject::Issuer).await;
    refuses_missing(&entra, "iss", &Reject::Issuer).await;
    for odd in [json!(1), json!(null), json!({})] {
        let verdict = with_claims(&entra, |claims| claims["iss"] = odd.clone()).await;
        assert!(verdict.is_err(), "{odd}");
    }
}

#[tokio::test]
async fn row_23_token_versions_are_accepted_as_configured() {
    use TokenVersion::{V1, V2};
    for versions in [vec![V1], vec![V2], vec![V1, V2]] {
        let mut entra = TestEntra::start().await;
        entra.settings.token_versions.clone_from(&versions);
        for (version, claims) in [(V1, entra.claims_v1()), (V2, entra.claims())] {
            let verdict = verify(&entra, &signed(&header(), &claims)).await;
            let expected = (!versions.contains(&version)).then_some(Reject::Issuer);
            assert_eq!(verdict.err(), expected, "{version:?} with {versions:?}");
        }
    }
}

#[tokio::test]
async fn row_24_a_version_must_be_its_issuers() {
    let mut entra = TestEntra::start().await;
    entra.settings.token_versions = vec![TokenVersion::V1, TokenVersion::V2];
    let values = [json!("1.0"), json!("3.0"), json!(2.0), json!(null)];
    refuses(&entra, "ver", &values, &Reject::Version).await;
    refuses_missing(&entra, "ver", &Reject::Version).await;
    let mut claims = entra.claims_v1();
    claims["ver"] = json!("2.0");
    let verdict = verify(&entra, &signed(&header(), &claims)).await;
    assert_eq!(verdict.err(), Some(Reject::Version));
}

#[tokio::test]
async fn row_25_other_tenants_are_refused() {
    let entra = TestEntra::start().await;
    let values = [
        json!("9188040d-6c67-4c5b-b112-36a304b66dad"),
        json!("common"),
        json!(TENANT.replace('-', "")),
        json!([TENANT]),
        json!(1),
    ];
    refuses(&entra, "tid", &values, &Reject::Tenant).await;
    refuses_missing(&entra, "tid", &Reject::Tenant).await;
}

#[tokio::test]
async fn row_26_clients_must_be_named_and_allowed() {
    let mut entra = TestEntra::start().await;
    refuses(&entra, "azp", &[json!("vscode"), json!(1)], &Reject::Client).await;
    refuses_missing(&entra, "azp", &Reject::Client).await;
    let wrong_name = with_claims(&entra, |claims| claims["appid"] = claims["azp"].take()).await;
    assert_eq!(wrong_name.err(), Some(Reject::Client));

    entra.settings.allowed_clients = vec![AZP.into()];
    assert!(entra.verifier().verify(&entra.token()).await.is_ok());
    let other = json!("11111111-996d-45c2-90f0-388ff96faa56");
    refuses(&entra, "azp", &[other], &Reject::Client).await;
}

#[tokio::test]
async fn row_27_applications_are_no_persons() {
    let entra = TestEntra::start().await;
    refuses(&entra, "idtyp", &[json!("app"), json!("device"), json!(null)], &Reject::NotAPerson)
        .await;
    refuses(&entra, "sub", &[json!(OID), json!(""), json!(1)], &Reject::NotAPerson).await;
    refuses_missing(&entra, "sub", &Reject::NotAPerson).await;
    assert!(with_claims(&entra, |claims| claims["idtyp"] = json!("user")).await.is_ok());
    let roles_only = with_claims(&entra, |claims| {
        claims.as_object_mut().unwrap().remove("scp");
        claims["roles"] = json!(["access"]);
    });
    assert_eq!(roles_only.await.err(), Some(Reject::ScopeForm));
}

#[tokio::test]
async fn row_28_the_scope_must_be_there_exactly() {
    let entra = TestEntra::start().await;
    for scp in ["access2", "Access", "", " ", "other", "accessother", "api://x/access"] {
        let verdict = with_claims(&entra, |claims| claims["scp"] = json!(scp)).await;
        let Err(Reject::InsufficientScope(person)) = verdict else {
            panic!("{scp:?} gave {verdict:?}");
        };
        assert_eq!((person.tid.as_str(), person.oid.as_str()), (TENANT, OID));
    }
    let odd = [json!(["access"]), json!(1), json!(null), json!({"access": true})];
    refuses(&entra, "scp", &odd, &Reject::ScopeForm).await;
    let other_name = with_claims(&entra, |claims| claims["scope"] = claims["scp"].take()).await;
    assert_eq!(other_name.err(), Some(Reject::ScopeForm));
    let both = with_claims(&entra, |claims| {
        claims["scp"] = json!("other");
        claims["scope"] = json!("access");
    });
    assert!(matches!(both.await, Err(Reject::InsufficientScope(_))));
}

#[tokio::test]
async fn row_29_the_object_id_must_be_a_guid() {
    let entra = TestEntra::start().await;
    let values = [json!("ann"), json!(""), json!(1), json!([OID]), json!(OID.replace('-', ""))];
    refuses(&entra, "oid", &values, &Reject::ObjectId).await;
    refuses_missing(&entra, "oid", &Reject::ObjectId).await;
}

#[tokio::test]
async fn row_30_the_end_must_be_a_number_and_not_past() {
    let entra = TestEntra::start().await;
    let text = (NOW_S + 3600).to_string();
    let odd = [json!(text), json!(-1), json!(1e300), json!(1_800_003_600.5), json!(null)];
    for value in odd {
        let verdict = with_claims(&entra, |claims| claims["exp"] = value.clone()).await;
        assert_eq!(verdict.err(), Some(Reject::Times), "{value}");
    }
    refuses_missing(&entra, "exp", &Reject::Times).await;
    for (past_s, expected) in [(59, None), (60, None), (61, Some(Reject::Expired))] {
        let verdict = with_claims(&entra, |claims| {
            claims["iat"] = json!(NOW_S - 3600);
            claims["exp"] = json!(NOW_S - past_s);
        });
        assert_eq!(verdict.await.err(), expected, "{past_s} s past");
    }
}

#[tokio::test]
async fn row_31_tokens_of_the_future_are_refused() {
    let entra = TestEntra::start().await;
    refuses(&entra, "nbf", &[json!(NOW_S + 61)], &Reject::NotYetValid).await;
    refuses(&entra, "iat", &[json!(NOW_S + 61)], &Reject::IssuedInFuture).await;
    refuses_missing(&entra, "nbf", &Reject::Times).await;
    refuses_missing(&entra, "iat", &Reject::Times).await;
    let slightly = with_claims(&entra, |claims| {
        claims["nbf"] = json!(NOW_S + 59);
        claims["iat"] = json!(NOW_S + 59);
    });
    assert!(slightly.await.is_ok());
}

#[tokio::test]
async fn row_32_tokens_that_live_too_long_are_refused() {
    let entra = TestEntra::start().await;
    let hours_29 = 29 * 3600;
    refuses(&entra, "exp", &[json!(NOW_S + hours_29 + 1)], &Reject::Lifetime).await;
    let longest = with_claims(&entra, |claims| claims["exp"] = json!(NOW_S + hours_29)).await;
    assert!(longest.is_ok());
    let backwards = with_claims(&entra, |claims| claims["exp"] = json!(NOW_S)).await;
    assert_eq!(backwards.err(), Some(Reject::Lifetime));
}

#[tokio::test]
async fn row_33_an_id_token_of_our_own_application_is_refused() {
    let entra = TestEntra::start().await;
    let verdict = with_claims(&entra, |claims| {
        let claims = claims.as_object_mut().unwrap();
        claims.remove("scp");
        claims.remove("azp");
        claims.insert("nonce".into(), json!("n"));
    });
    assert_eq!(verdict.await.err(), Some(Reject::Client));
    let with_client = with_claims(&entra, |claims| {
        claims.as_object_mut().unwrap().remove("scp");
    });
    assert_eq!(with_client.await.err(), Some(Reject::ScopeForm));
}

#[tokio::test]
async fn row_100_a_skewed_clock_refuses_instead_of_guessing() {
    for (skew, reject) in [(-300, Reject::NotYetValid), (3_600 + 300, Reject::Expired)] {
        let mut entra = TestEntra::start().await;
        let token = entra.token();
        let at = Timestamp::from_second(NOW_S + skew).unwrap();
        entra.clock = Clock::manual(at);
        assert_eq!(entra.verifier().verify(&token).await.err(), Some(reject));
    }
}
