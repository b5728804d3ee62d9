//! Rows about the bearer header, and about the form and the signature of a token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{Company, Connector, Flavour, NAME, Request};
use serde_json::{Value, json};
use stand_ins::entra::{Algorithm, SignedBy, TokenSpec};

use super::{assert_refused, message, nothing_happened, refuse_all, with_token};

fn ann() -> TokenSpec {
    TokenSpec::new("ann", NAME)
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn row_01_without_a_token_the_answer_says_where_to_sign_in() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let reply = connector.send(&Request::post(&message())).await;
    assert_eq!(reply.status, 401);
    assert!(!reply.challenge().contains("error"), "{}", reply.challenge());
    let metadata = "resource_metadata=\"http://sharepoint.localhost/.well-known/oauth-protected-resource/mcp\"";
    assert!(reply.challenge().contains(metadata), "{}", reply.challenge());
    let scope = "scope=\"api://e0000000-0000-4000-8000-000000000100/access\"";
    assert!(reply.challenge().contains(scope), "{}", reply.challenge());
    for path in ["/mcp", ""] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let document = connector.send(&Request::get(&path)).await.json();
        assert_eq!(document["resource"], "http://sharepoint.localhost/mcp");
        let issuer = document["authorization_servers"][0].as_str().unwrap();
        assert!(issuer.starts_with(company.entra.base_url()) && issuer.ends_with("/v2.0"));
        assert!(!document.to_string().contains("offline_access"));
    }
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_02_other_schemes_and_careless_bearers_are_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    for other in ["Basic YW5uOnNlY3JldC13b3Jk", "Negotiate abcdefgh", "DPoP abcdefgh"] {
        let reply = connector.send(&Request::post(&message()).header("authorization", other)).await;
        assert_eq!(reply.status, 401, "{other}");
        assert!(!reply.challenge().contains("error"), "{other}: {}", reply.challenge());
    }
    let careless = [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer  {token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token},{token}"),
        format!("Bearer \"{token}\""),
    ];
    for value in careless {
        let request = Request::post(&message()).header("authorization", &value);
        let reply = connector.send(&request).await;
        assert_refused(&reply, &value.replace(&token, "…"));
    }
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_03_two_authorization_headers_are_one_too_many() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let token = company.token("ann");
        for second in [token.as_str(), "other"] {
            let reply = connector.send(&with_token(&token).bearer(second)).await;
            assert_eq!(reply.status, 400, "{}", reply.text());
        }
        nothing_happened(&connector);
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_04_a_token_in_the_address_or_in_the_body_counts_for_nothing() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let token = company.token("ann");
    let mut body = message();
    body["params"]["access_token"] = json!(token);
    let requests = [
        Request::new("POST", &format!("/mcp?access_token={token}"))
            .header("content-type", "application/json")
            .body(message().to_string()),
        Request::post(&body),
        Request::new("POST", "/mcp")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("access_token={token}")),
    ];
    for request in requests {
        let reply = connector.send(&request).await;
        assert_eq!(reply.status, 401);
        assert!(!reply.challenge().contains("error"), "{}", reply.challenge());
    }
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_05_tokens_without_end_are_refused_before_they_are_read() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let tokens = [
        ("17 KiB".to_owned(), "a".repeat(17 * 1024)),
        ("17 KiB, signed".to_owned(), company.mint(&ann().claim("more", "b".repeat(14 * 1024)))),
        ("many dots".to_owned(), ".".repeat(8_000)),
        ("many parts".to_owned(), "a.".repeat(4_000)),
    ];
    refuse_all(&connector, tokens).await;
    let reply = connector.send(&with_token("a".repeat(1 << 20))).await;
    assert!([400, 431].contains(&reply.status), "{}", reply.status);
    connector.finish().await;

    let connector = Connector::function(&company).await;
    let reply = connector.send(&with_token("a".repeat(17 * 1024))).await;
    assert_eq!(reply.status, 400, "the load balancer refuses it");
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_06_bytes_that_no_token_has_are_refused_and_not_reflected() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    let strange: [&[u8]; 6] =
        ["\u{e5}".as_bytes(), b"\xff\xfe", b"%0d%0a", b"\0", b"\rx-injected: 1", b"\x1b[31m"];
    for bytes in strange {
        let reply = connector.send(&with_token([token.as_bytes(), bytes].concat())).await;
        assert!([400, 401].contains(&reply.status), "{bytes:?}: {}", reply.status);
        assert!(reply.header("x-injected").is_none());
        assert!(!reply.text().contains(&token), "reflected");
    }
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_07_no_algorithm_is_no_signature() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let mut tokens = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let spec = ann().algorithm(Algorithm::None).header("alg", alg);
        tokens.push((alg.to_owned(), company.mint(&spec)));
        tokens.push((format!("{alg} with a signature"), company.mint(&ann().header("alg", alg))));
    }
    let token = company.token("ann");
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    tokens.push(("an empty signature".to_owned(), format!("{unsigned}.")));
    tokens.push(("no signature".to_owned(), unsigned.to_owned()));
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_08_a_public_key_is_no_shared_secret() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let key = company.entra.signing_key();
    let modulus = key.jwk()["n"].as_str().unwrap().to_owned();
    let secrets = [
        ("PEM", key.spki_pem().into_bytes()),
        ("PEM without its last line break", key.spki_pem().trim_end().as_bytes().to_vec()),
        ("DER", key.spki_der()),
        ("n", modulus.clone().into_bytes()),
        ("the bytes of n", BASE64_URL_SAFE_NO_PAD.decode(&modulus).unwrap()),
        ("nothing", Vec::new()),
    ];
    let mut tokens = Vec::new();
    for (what, secret) in secrets {
        let spec = ann().algorithm(Algorithm::Hs256).signed_by(SignedBy::Secret(secret));
        tokens.push((what.to_owned(), company.mint(&spec)));
        tokens.push((format!("{what} as RS256"), company.mint(&spec.header("alg", "RS256"))));
    }
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_09_other_algorithms_of_the_right_key_are_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let algorithms = [Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256];
    let mut tokens: Vec<_> = algorithms
        .iter()
        .map(|algorithm| (algorithm.name().to_owned(), company.mint(&ann().algorithm(*algorithm))))
        .collect();
    for name in ["ES256", "EdDSA", "rs256", "RS256 "] {
        tokens.push((name.to_owned(), company.mint(&ann().header("alg", name))));
    }
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_10_a_strange_key_id_is_refused_without_asking_for_it() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    connector.bearer(company.token("ann")).send("tools/list", &json!({})).await;
    let before = company.entra_requests("keys") + company.entra_requests("discovery");
    let long = "k".repeat(10 * 1024);
    let kids = ["../../etc/passwd", "' OR 1=1 --", "🗝", "", " ", "a b", "http://x/", "k\n", &long];
    let mut tokens: Vec<_> = kids
        .iter()
        .map(|kid| ((*kid).to_owned(), company.mint(&ann().header("kid", *kid))))
        .collect();
    tokens.push(("missing".to_owned(), company.mint(&ann().without_header("kid"))));
    for kid in [json!(1), json!(null), json!(["a"]), json!({"a": 1})] {
        tokens.push((kid.to_string(), company.mint(&ann().header("kid", kid))));
    }
    refuse_all(&connector, tokens).await;
    let after = company.entra_requests("keys") + company.entra_requests("discovery");
    assert_eq!(after, before, "a malformed key id was looked up");
    connector.finish().await;
}

#[tokio::test]
async fn row_11_and_12_a_key_that_comes_with_the_token_is_not_looked_at() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", trap.local_addr().unwrap());
    let jwk = company.entra.signing_key().jwk();
    let stranger = || ann().signed_by(SignedBy::Stranger);
    let mut tokens = Vec::new();
    for name in ["jku", "x5u"] {
        tokens.push((name.to_owned(), company.mint(&ann().header(name, url.clone()))));
        tokens
            .push((format!("{name} forged"), company.mint(&stranger().header(name, url.clone()))));
    }
    tokens.push(("jwk".to_owned(), company.mint(&ann().header("jwk", jwk.clone()))));
    tokens.push(("jwk forged".to_owned(), company.mint(&stranger().header("jwk", jwk))));
    tokens.push(("x5c".to_owned(), company.mint(&ann().header("x5c", json!(["MIIB"])))));
    tokens.push(("forged".to_owned(), company.mint(&stranger())));
    refuse_all(&connector, tokens).await;
    let visit = tokio::time::timeout(std::time::Duration::ZERO, trap.accept()).await;
    assert!(visit.is_err(), "somebody came for the attacker's key");
    connector.finish().await;
}

#[tokio::test]
async fn row_13_and_14_headers_that_change_the_meaning_are_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let critical = ann().header("crit", json!(["exp"]));
    let unencoded = ann().header("crit", json!(["b64"])).header("b64", false);
    let mut tokens = vec![
        ("crit".to_owned(), company.mint(&critical)),
        ("crit and b64".to_owned(), company.mint(&unencoded)),
        ("b64".to_owned(), company.mint(&ann().header("b64", false))),
        ("cty".to_owned(), company.mint(&ann().header("cty", "JWT"))),
        ("typ as a number".to_owned(), company.mint(&ann().header("typ", 1))),
    ];
    for typ in ["oauth-id-jag+jwt", "JWE", "id_token", "dpop+jwt", "logout+jwt"] {
        tokens.push((typ.to_owned(), company.mint(&ann().header("typ", typ))));
    }
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_15_only_three_parts_make_a_token() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    let parts: Vec<_> = token.split('.').collect();
    let serialized: Value =
        json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]});
    let tokens = [
        ("five parts", format!("{token}.a.b")),
        ("four parts", format!("{token}.a")),
        ("four with an empty one", format!("{token}.")),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("one part", parts[0].to_owned()),
        ("JSON", b64(serialized.to_string())),
        ("encrypted", format!("{}.a.b.c.d", b64(r#"{"alg":"dir","enc":"A256GCM"}"#))),
    ];
    refuse_all(&connector, tokens.map(|(what, token)| (what.to_owned(), token))).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_16_payloads_that_are_no_plain_claims_are_refused_in_time() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let deep = format!("{}{}", "[".repeat(4_000), "]".repeat(4_000));
    let many: Vec<_> = (0..1_200).map(|count| format!("\"c{count}\":1")).collect();
    let payloads = [
        ("an array", "[]".to_owned()),
        ("a string", "\"ann\"".to_owned()),
        ("nothing", String::new()),
        ("deep", format!("{{\"a\":{deep}}}")),
        ("many", format!("{{{}}}", many.join(","))),
        ("not JSON", "{".to_owned()),
        ("trailing text", "{} {}".to_owned()),
        ("not text", "\u{0}".to_owned()),
    ];
    let mut tokens: Vec<_> = payloads
        .iter()
        .map(|(what, payload)| ((*what).to_owned(), company.mint(&ann().payload(payload.clone()))))
        .collect();
    let right = company.token("ann");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(right.split('.').nth(1).unwrap()).unwrap();
    let claims = String::from_utf8(claims).unwrap();
    for name in ["aud", "oid", "scp", "whatever"] {
        // The first of two is the right one, and the last, which many readers take, as well.
        let twice = format!("{},\"{name}\":1,\"{name}\":2}}", claims.trim_end_matches('}'));
        tokens.push((format!("{name} twice"), company.mint(&ann().payload(twice))));
    }
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_17_a_token_that_was_touched_is_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    let parts: Vec<_> = token.split('.').collect();
    let mut signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    signature[0] ^= 1;
    let claims = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let claims = claims.replace("a1111111", "c3333333");
    // 256 bytes leave four bits of the last character unused.
    let last = parts[2].chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    let other = alphabet.chars().nth(place ^ 1).unwrap();
    let variant = format!("{}{other}", token.strip_suffix(last).unwrap());
    let tokens = [
        ("a bit of the signature", format!("{}.{}.{}", parts[0], parts[1], b64(&signature))),
        ("another person", format!("{}.{}.{}", parts[0], b64(claims), parts[2])),
        ("unused bits", variant),
        ("padding", format!("{token}==")),
        ("the signature cut off", token.chars().take(token.len() - 8).collect()),
    ];
    refuse_all(&connector, tokens.map(|(what, token)| (what.to_owned(), token))).await;
    connector.finish().await;
}
