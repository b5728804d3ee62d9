use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use aws_lc_rs::signature::KeyPair as _;

use super::*;
use crate::identity::test_entra::*;

/// Verifies the usual claims with changes.
async fn with_claims(entra: &TestEntra, change: impl Fn(&mut Value)) -> Result<Caller, Reject> {
    let mut claims = entra.claims();
    change(&mut claims);
    verify(entra, &signed(&header(), &claims)).await
}

/// Verifies the usual header with changes.
async fn with_header(entra: &TestEntra, change: impl Fn(&mut Value)) -> Result<Caller, Reject> {
    let mut head = header();
    change(&mut head);
    verify(entra, &signed(&head, &entra.claims())).await
}

async fn verify(entra: &TestEntra, token: &str) -> Result<Caller, Reject> {
    entra.verifier().verify(&bearer(token)).await
}

/// Sets one claim to each of the values and expects one refusal for all.
async fn refuses(entra: &TestEntra, name: &str, values: &[Value], reject: &Reject) {
    for value in values {
        let verdict = with_claims(entra, |claims| claims[name] = value.clone()).await;
        assert_eq!(verdict.as_ref().err(), Some(reject), "{name} = {value}");
    }
}

async fn refuses_missing(entra: &TestEntra, name: &str, reject: &Reject) {
    let verdict = with_claims(entra, |claims| {
        claims.as_object_mut().unwrap().remove(name);
    })
    .await;
    assert_eq!(verdict.as_ref().err(), Some(reject), "{name} missing");
}

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
async fn row_7_no_algorithm_and_no_signature_are_refused() {
    let entra = TestEntra::start().await;
    for alg in ["none", "None", "NONE", "nOnE"] {
        let verdict = with_header(&entra, |header| header["alg"] = json!(alg)).await;
        assert_eq!(verdict.err(), Some(Reject::Algorithm), "{alg}");
    }
    let token = signed(&header(), &entra.claims());
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    let verdict = verify(&entra, &format!("{unsigned}.")).await;
    assert_eq!(verdict.err(), Some(Reject::Algorithm));
}

#[tokio::test]
async fn row_8_a_public_key_is_no_hmac_secret() {
    let entra = TestEntra::start().await;
    let (modulus, exponent) = keys()[0].components();
    let der = keys()[0].pair.public_key().as_ref().to_vec();
    let mut head = header();
    head["alg"] = json!("HS256");
    let message = format!(
        "{}.{}",
        b64(head.to_string().as_bytes()),
        b64(entra.claims().to_string().as_bytes())
    );
    for secret in [modulus.clone(), b64(&modulus).into_bytes(), exponent, der] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let tag = hmac::sign(&key, message.as_bytes());
        let verdict = verify(&entra, &format!("{message}.{}", b64(tag.as_ref()))).await;
        assert_eq!(verdict.err(), Some(Reject::Algorithm));
    }
    // The same under the name of the right algorithm.
    let message = format!(
        "{}.{}",
        b64(header().to_string().as_bytes()),
        b64(entra.claims().to_string().as_bytes())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &modulus);
    let tag = hmac::sign(&key, message.as_bytes());
    let verdict = verify(&entra, &format!("{message}.{}", b64(tag.as_ref()))).await;
    assert_eq!(verdict.err(), Some(Reject::Signature));
}

#[tokio::test]
async fn row_9_other_algorithms_of_the_right_key_are_refused() {
    let entra = TestEntra::start().await;
    let encodings: [(&str, &'static dyn RsaEncoding); 3] =
        [("RS384", &RSA_PKCS1_SHA384), ("RS512", &RSA_PKCS1_SHA512), ("PS256", &RSA_PSS_SHA256)];
    for (alg, encoding) in encodings {
        for (named, expected) in [(alg, Reject::Algorithm), ("RS256", Reject::Signature)] {
            let mut head = header();
            head["alg"] = json!(named);
            let message = format!(
                "{}.{}",
                b64(head.to_string().as_bytes()),
                b64(entra.claims().to_string().as_bytes())
            );
            let signature = keys()[0].sign(encoding, &message);
            let verdict = verify(&entra, &format!("{message}.{signature}")).await;
            assert_eq!(verdict.err(), Some(expected), "{alg} named {named}");
        }
    }
    for alg in [json!("ES256"), json!("rs256"), json!(256), json!(["RS256"]), json!(null)] {
        let verdict = with_header(&entra, |header| header["alg"] = alg.clone()).await;
        assert_eq!(verdict.err(), Some(Reject::Algorithm), "{alg}");
    }
}

#[tokio::test]
async fn row_10_malformed_key_ids_cause_no_request() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    for kid in [
        json!("../../etc/passwd"),
        json!("' OR 1=1 --"),
        json!("k".repeat(10_000)),
        json!("🔑"),
        json!(""),
        json!(7),
        json!(null),
    ] {
        let mut head = header();
        head["kid"] = kid.clone();
        let token = bearer(&signed(&head, &entra.claims()));
        assert_eq!(verifier.verify(&token).await.err(), Some(Reject::KeyIdForm), "{kid:.40}");
    }
    let mut head = header();
    head.as_object_mut().unwrap().remove("kid");
    let token = bearer(&signed(&head, &entra.claims()));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::KeyIdForm));
    assert_eq!(entra.all_requests(), 0);
}

#[tokio::test]
async fn rows_11_to_13_headers_that_bring_keys_or_extensions_are_refused_without_a_request() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let attacker = format!("{}/attacker/keys", entra.base());
    for (name, value) in [
        ("jku", json!(attacker)),
        ("x5u", json!(attacker)),
        ("jwk", keys()[1].jwk()),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["b64"])),
        ("crit", json!(null)),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("nonce", json!("of-graph")),
        ("enc", json!("A128GCM")),
    ] {
        let mut head = header();
        head[name] = value;
        let token = bearer(&signed(&head, &entra.claims()));
        let verdict = verifier.verify(&token).await;
        assert_eq!(verdict.err(), Some(Reject::HeaderExtension), "{name}");
    }
    assert_eq!(entra.all_requests(), 0);
}

#[tokio::test]
async fn row_12_an_attackers_key_under_our_key_id_is_refused() {
    let entra = TestEntra::start().await;
    let message = format!(
        "{}.{}",
        b64(header().to_string().as_bytes()),
        b64(entra.claims().to_string().as_bytes())
    );
    let signature = keys()[1].sign(&RSA_PKCS1_SHA256, &message);
    let verdict = verify(&entra, &format!("{message}.{signature}")).await;
    assert_eq!(verdict.err(), Some(Reject::Signature));
}

#[tokio::test]
async fn row_14_tokens_of_other_types_are_refused() {
    let entra = TestEntra::start().await;
    for typ in [json!("oauth-id-jag+jwt"), json!("JWE"), json!("dpop+jwt"), json!(1), json!(null)] {
        let verdict = with_header(&entra, |header| header["typ"] = typ.clone()).await;
        assert_eq!(verdict.err(), Some(Reject::Type), "{typ}");
    }
    let nested = with_header(&entra, |header| header["cty"] = json!("JWT")).await;
    assert_eq!(nested.err(), Some(Reject::Type));
    for typ in ["JWT", "jwt", "at+jwt"] {
        let verdict = with_header(&entra, |header| header["typ"] = json!(typ)).await;
        assert!(verdict.is_ok(), "{typ}");
    }
    let untyped = with_header(&entra, |header| {
        header.as_object_mut().unwrap().remove("typ");
    });
    assert!(untyped.await.is_ok());
}

#[tokio::test]
async fn rows_5_and_15_tokens_of_another_form_are_refused_without_a_request() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let token = signed(&header(), &entra.claims());
    let (two_parts, _) = token.rsplit_once('.').unwrap();
    let many_dots = ".".repeat(16_000);
    for (token, reject) in [
        (format!("{token}.AAAA"), Reject::Form),
        (format!("{token}.AAAA.AAAA"), Reject::Form),
        (two_parts.to_owned(), Reject::Form),
        (format!("={two_parts}").replace('=', "~"), Reject::Form),
        ("garbage".into(), Reject::Form),
        (many_dots, Reject::Form),
        ("..".into(), Reject::Header),
        (format!("{}.e30.AAAA", b64(b"[]")), Reject::Header),
        (format!("{}.e30.AAAA", b64(b"{\"alg\":\"RS256\",\"alg\":\"RS256\"}")), Reject::Header),
    ] {
        let verdict = verifier.verify(&bearer(&token)).await;
        assert_eq!(verdict.err(), Some(reject), "{token:.60}");
    }
    assert_eq!(entra.all_requests(), 0);
}

#[tokio::test]
async fn row_16_odd_payloads_are_refused_in_bounded_time() {
    let entra = TestEntra::start().await;
    let good = entra.claims().to_string();
    let body = good.trim_end_matches('}');
    let nested = format!("{body},\"deep\":{}{}}}", "[".repeat(4000), "]".repeat(4000));
    let twice = |name: &str, value: &str| format!("{body},\"{name}\":{value}}}");
    let many: Vec<String> = (0..900).map(|n| format!("\"c{n}\":1,")).collect();
    let many = many.concat();
    for payload in [
        "[]".to_owned(),
        "null".into(),
        "7".into(),
        String::new(),
        format!("[{good}]"),
        nested,
        twice("scp", "\"access\""),
        twice("oid", "\"other\""),
        twice("tid", &format!("\"{TENANT}\"")),
        twice("aud", &format!("\"{CLIENT}\"")),
        format!("{body},\"unknown\":1,\"unknown\":2}}"),
        format!("{good}{good}"),
    ] {
        let verdict = verify(&entra, &signed_text(&header().to_string(), &payload)).await;
        assert_eq!(verdict.err(), Some(Reject::Claims), "{payload:.60}");
    }
    let many = format!("{{{many}{}", good.trim_start_matches('{'));
    assert!(verify(&entra, &signed_text(&header().to_string(), &many)).await.is_ok());
}

#[tokio::test]
async fn row_17_every_change_of_a_signed_token_is_refused() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let token = signed(&header(), &entra.claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    // 256 bytes leave four unused bits in the last character.
    let (head, last) = signature.split_at(signature.len() - 1);
    let position = alphabet.iter().position(|c| [*c] == last.as_bytes());
    let variant = char::from(alphabet[position.unwrap() + 1]);
    let (_, tail) = signature.split_at(1);
    let (short, _) = signature.split_at(340);
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let mut claims = entra.claims();
    claims["oid"] = json!("00000000-0000-4000-8000-000000000000");
    let other_payload = b64(claims.to_string().as_bytes());
    let (encoded_header, _) = message.split_once('.').unwrap();
    for (forged, reject) in [
        (format!("{message}.{head}{variant}"), Reject::Form),
        (format!("{message}.{signature}=="), Reject::Form),
        (format!("{message}.{flipped}{tail}"), Reject::Signature),
        (format!("{message}.{short}"), Reject::Signature),
        (format!("{encoded_header}.{other_payload}.{signature}"), Reject::Signature),
    ] {
        let verdict = verifier.verify(&bearer(&forged)).await;
        assert_eq!(verdict.err(), Some(reject), "{forged}");
    }
    assert!(verifier.verify(&bearer(&token)).await.is_ok());
}

#[tokio::test]
async fn row_18_a_symmetric_key_in_the_key_document_verifies_nothing() {
    let entra = TestEntra::start().await;
    let oct = json!({"kty": "oct", "kid": "key-one", "k": b64(b"secret"), "alg": "HS256"});
    entra.serve_keys(vec![oct, keys()[1].jwk()]);
    let verdict = entra.verifier().verify(&entra.token()).await;
    assert_eq!(verdict.err(), Some(Reject::UnknownKey));
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
async fn row_19_a_key_of_one_issuer_signs_for_no_other() {
    let mut entra = TestEntra::start().await;
    entra.settings.token_versions = vec![TokenVersion::V1, TokenVersion::V2];
    let mut v1_only = keys()[0].jwk();
    v1_only["issuer"] = json!(entra.issuer(TokenVersion::V1));
    entra.serve_keys(vec![v1_only, keys()[1].jwk()]);
    let verdict = entra.verifier().verify(&entra.token()).await;
    assert_eq!(verdict.err(), Some(Reject::KeyIssuer));
    let v1 = verify(&entra, &signed(&header(), &entra.claims_v1())).await;
    assert!(v1.is_ok());
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
async fn row_39_without_keys_the_answer_is_unavailable_and_not_refused() {
    let entra = TestEntra::start().await;
    entra.set_mood(Mood::Down);
    let verdict = entra.verifier().verify(&entra.token()).await;
    let retry_after = Duration::from_secs(5);
    assert_eq!(verdict.err(), Some(Reject::KeysUnavailable { retry_after }));
}

#[tokio::test]
async fn row_43_only_a_token_that_names_us_may_cause_a_fetch() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    verifier.verify(&entra.token()).await.unwrap();
    entra.clock.advance(Duration::from_secs(61));
    let mut head = header();
    head["kid"] = json!("key-two");
    for (name, value) in [("iss", "https://evil.test"), ("aud", "other")] {
        let mut claims = entra.claims();
        claims[name] = json!(value);
        let verdict = verifier.verify(&bearer(&signed(&head, &claims))).await;
        assert_eq!(verdict.err(), Some(Reject::UnknownKey));
    }
    assert_eq!(entra.key_fetches(), 1);
    let verdict = verifier.verify(&bearer(&signed(&head, &entra.claims()))).await;
    assert_eq!(verdict.err(), Some(Reject::UnknownKey));
    assert_eq!(entra.key_fetches(), 2);
}

#[tokio::test]
async fn row_100_a_skewed_clock_refuses_instead_of_guessing() {
    for (skew, reject) in [(-300, Reject::NotYetValid), (3_600 + 300, Reject::Expired)] {
        let mut entra = TestEntra::start().await;
        let token = entra.token();
        let at = jiff::Timestamp::from_second(NOW_S + skew).unwrap();
        entra.clock = Clock::manual(at);
        assert_eq!(entra.verifier().verify(&token).await.err(), Some(reject));
    }
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_time() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let token = entra.token();
    assert!(verifier.verify(&token).await.is_ok());
    assert!(verifier.recall(&token).await.unwrap().is_some());
    entra.clock.advance(Duration::from_secs(3600 + 60));
    assert!(verifier.verify(&token).await.is_ok());
    entra.clock.advance(Duration::from_secs(1));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::Expired));
}

#[tokio::test]
async fn row_44_a_remembered_token_ends_with_its_key() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let mut claims = entra.claims();
    claims["exp"] = json!(NOW_S + 20 * 3600);
    let token = bearer(&signed(&header(), &claims));
    assert!(verifier.verify(&token).await.is_ok());

    // Another key under the same id is not the same key.
    let mut impostor = keys()[1].jwk();
    impostor["kid"] = json!("key-one");
    entra.serve_keys(vec![impostor]);
    entra.clock.advance(Duration::from_secs(3601));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::Signature));

    entra.serve_keys(vec![keys()[1].jwk()]);
    entra.clock.advance(Duration::from_secs(3601));
    assert_eq!(verifier.verify(&token).await.err(), Some(Reject::UnknownKey));
}

#[tokio::test]
async fn a_remembered_token_is_not_used_when_there_are_no_keys() {
    let entra = TestEntra::start().await;
    let verifier = entra.verifier();
    let mut claims = entra.claims();
    claims["exp"] = json!(NOW_S + 29 * 3600);
    let token = bearer(&signed(&header(), &claims));
    assert!(verifier.verify(&token).await.is_ok());
    entra.set_mood(Mood::Down);
    entra.clock.advance(Duration::from_secs(24 * 3600));
    let verdict = verifier.verify(&token).await;
    assert!(matches!(verdict, Err(Reject::KeysUnavailable { .. })));
}

#[tokio::test]
async fn every_refusal_reads_the_same_outside() {
    let entra = TestEntra::start().await;
    let expired = with_claims(&entra, |claims| claims["exp"] = json!(1)).await.unwrap_err();
    let forged = verify(&entra, "a.b.c").await.unwrap_err();
    assert_eq!(expired.public_text(), forged.public_text());
    assert_ne!(expired.code(), forged.code());
}
