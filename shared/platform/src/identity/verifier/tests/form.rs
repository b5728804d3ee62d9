//! Rows about the form of a token, its header and its signature.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
};
use serde_json::json;

use super::{verify, with_claims, with_header};
use crate::identity::reject::Reject;
use crate::identity::test_entra::{
    CLIENT, TENANT, TestEntra, b64, bearer, header, keys, signed, signed_text,
};

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
async fn a_header_may_say_more_than_we_need() {
    let entra = TestEntra::start().await;
    for name in ["x5t", "x5t#S256", "something_new"] {
        let verdict = with_header(&entra, |header| header[name] = json!("value")).await;
        assert!(verdict.is_ok(), "{name}");
    }
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
async fn every_refusal_reads_the_same_outside() {
    let entra = TestEntra::start().await;
    let expired = with_claims(&entra, |claims| claims["exp"] = json!(1)).await.unwrap_err();
    let forged = verify(&entra, "a.b.c").await.unwrap_err();
    assert_eq!(expired.public_text(), forged.public_text());
    assert_ne!(expired.code(), forged.code());
}
