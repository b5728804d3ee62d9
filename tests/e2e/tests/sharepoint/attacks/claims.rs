//! Rows about what a well-signed token says.

use e2e::{Company, Connector, Flavour, NAME};
use serde_json::json;
use stand_ins::company::{ASSISTANT_CLIENT, OTHER_TENANT, TENANT, registration};
use stand_ins::entra::{TokenSpec, TokenVersion};

use super::{assert_refused, nothing_happened, refuse_all, with_token};

fn ann() -> TokenSpec {
    TokenSpec::new("ann", NAME)
}

/// Mints each and expects the one refusal.
async fn refuse_specs<const N: usize>(specs: [(&str, TokenSpec); N]) {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let tokens = specs.map(|(what, spec)| (what.to_owned(), company.mint(&spec)));
    refuse_all(&connector, tokens).await;
    // The same place lets the right token in: the refusals above are about the tokens.
    let right = connector.person("ann").send("tools/list", &json!({})).await;
    assert_eq!(right.status, 200);
    connector.finish().await;
}

#[tokio::test]
async fn row_20_and_21_tokens_for_another_audience_are_refused() {
    let own = registration(NAME).unwrap();
    refuse_specs([
        ("another application", ann().audience("api://somebody-else")),
        ("missing", ann().without_claim("aud")),
        ("a number", ann().claim("aud", 1)),
        ("an object", ann().claim("aud", json!({"aud": own}))),
        ("a list with us", ann().claim("aud", json!([own, "other"]))),
        ("a list of us", ann().claim("aud", json!([own]))),
        ("empty", ann().claim("aud", "")),
        ("upper case", ann().claim("aud", format!("API://{own}"))),
        ("a slash more", ann().claim("aud", format!("api://{own}/"))),
        ("a space more", ann().claim("aud", format!("{own} "))),
        ("a prefix of ours", ann().claim("aud", format!("api://{own}.evil"))),
    ])
    .await;
}

#[tokio::test]
async fn row_22_tokens_of_another_issuer_are_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let base = company.entra.base_url().to_owned();
    let own = format!("{base}/{TENANT}/v2.0");
    let issuers = [
        json!(format!("{base}/{OTHER_TENANT}/v2.0")),
        json!(own.replace("http://", "https://")),
        json!(format!("{own}/")),
        json!([own]),
        json!(format!("{own}.evil.example")),
        json!(format!("https://evil.example/{own}")),
        json!(own.to_uppercase()),
        json!(null),
        json!(""),
    ];
    let tokens =
        issuers.map(|issuer| (issuer.to_string(), company.mint(&ann().claim("iss", issuer))));
    refuse_all(&connector, tokens).await;
    let missing = company.mint(&ann().without_claim("iss"));
    refuse_all(&connector, [("missing".to_owned(), missing)]).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_23_a_token_version_is_accepted_only_where_it_is_enabled() {
    let company = Company::start().await;
    for (versions, v1, v2) in [("2.0", false, true), ("1.0", true, false), ("1.0,2.0", true, true)]
    {
        let connector = Connector::start(&company, Flavour::Server, |environment| {
            environment.with("MCP_SERVER_ACCEPTED_TOKEN_VERSIONS", versions)
        })
        .await;
        for (version, accepted) in [(TokenVersion::V1, v1), (TokenVersion::V2, v2)] {
            let what = format!("{version:?} where {versions} is enabled");
            let client = connector.bearer(company.mint(&ann().version(version)));
            let reply = client.send("tools/list", &json!({})).await;
            if accepted {
                assert_eq!(reply.status, 200, "{what}");
            } else {
                assert_refused(&reply, &what);
            }
        }
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_24_a_version_that_does_not_fit_its_issuer_is_refused() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_ACCEPTED_TOKEN_VERSIONS", "1.0,2.0")
    })
    .await;
    let tokens = [
        ("1.0 of the v2 issuer", ann().claim("ver", "1.0")),
        ("2.0 of the v1 issuer", ann().version(TokenVersion::V1).claim("ver", "2.0")),
        ("no version", ann().without_claim("ver")),
        ("a number", ann().claim("ver", 2.0)),
    ];
    let tokens = tokens.map(|(what, spec)| (what.to_owned(), company.mint(&spec)));
    refuse_all(&connector, tokens).await;
    connector.finish().await;
}

#[tokio::test]
async fn row_25_a_person_of_another_tenant_is_refused() {
    refuse_specs([
        ("another tenant", ann().claim("tid", OTHER_TENANT)),
        ("no GUID", ann().claim("tid", "harbourlight")),
        ("missing", ann().without_claim("tid")),
        ("a list", ann().claim("tid", json!([TENANT]))),
    ])
    .await;
}

#[tokio::test]
async fn row_26_only_clients_of_the_list_may_present_tokens() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_ALLOWED_CLIENTS", ASSISTANT_CLIENT)
    })
    .await;
    let tokens = [
        ("another client", ann().client("outlook")),
        ("no client", ann().without_claim("azp")),
        ("a list", ann().claim("azp", json!([ASSISTANT_CLIENT]))),
    ];
    let tokens = tokens.map(|(what, spec)| (what.to_owned(), company.mint(&spec)));
    refuse_all(&connector, tokens).await;
    assert_eq!(connector.person("ann").search("budget").await.status(), 200);
    connector.finish().await;
}

#[tokio::test]
async fn row_27_and_29_an_application_is_no_person() {
    refuse_specs([
        ("an application", TokenSpec::app_only(NAME)),
        ("with a scope", TokenSpec::app_only(NAME).claim("scp", "access")),
        ("a person's token that says app", ann().claim("idtyp", "app")),
        ("oid missing", ann().without_claim("oid")),
        ("oid no GUID", ann().claim("oid", "ann")),
        ("oid a number", ann().claim("oid", 7)),
    ])
    .await;
}

#[tokio::test]
async fn row_28_a_token_with_too_small_a_scope_is_told_which_it_needs() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    for scope in ["other", "access2", "Access", "noaccess", "access.read"] {
        let reply = connector.send(&with_token(company.mint(&ann().scope(scope)))).await;
        assert_eq!(reply.status, 403, "{scope}: {}", reply.text());
        let challenge = reply.challenge();
        assert!(challenge.starts_with("Bearer error=\"insufficient_scope\", "), "{challenge}");
        assert!(challenge.contains("/access\""), "{challenge}");
        let record = connector.last_record();
        assert_eq!(record["kind"], "refusal", "{record}");
        assert_eq!(record["status"], 403, "{record}");
        assert_eq!(record["caller"]["oid"], "a1111111-1111-4111-8111-111111111111");
    }
    assert_eq!(connector.audit().len(), 5);
    assert_eq!((company.exchanges(), company.graph_requests()), (0, 0));
    connector.finish().await;

    refuse_specs([
        ("missing", ann().without_claim("scp")),
        ("a list", ann().claim("scp", json!(["access"]))),
        ("a number", ann().claim("scp", 1)),
        ("under another name", ann().without_claim("scp").claim("scope", "access")),
    ])
    .await;
}

#[tokio::test]
async fn row_30_31_and_32_a_token_lives_when_it_says_and_not_for_ever() {
    refuse_specs([
        ("exp missing", ann().without_claim("exp")),
        ("exp a string", ann().claim("exp", "4102444800")),
        ("exp negative", ann().claim("exp", -1)),
        ("exp huge", ann().claim("exp", 1e300)),
        ("exp past 61 s", ann().issued(-3600).not_before(-3600).expires(-61)),
        ("nbf to come", ann().not_before(120)),
        ("nbf missing", ann().without_claim("nbf")),
        ("iat to come", ann().issued(120)),
        ("iat missing", ann().without_claim("iat")),
        ("longer than a day and five hours", ann().expires(29 * 3600 + 1)),
    ])
    .await;
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let within_the_leeway = [
        ("just over", ann().issued(-3600).not_before(-3600).expires(-20)),
        ("just before", ann().issued(40).not_before(40)),
        ("a long one", ann().expires(28 * 3600)),
    ];
    for (what, spec) in within_the_leeway {
        let client = connector.bearer(company.mint(&spec));
        assert_eq!(client.send("tools/list", &json!({})).await.status, 200, "{what}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_33_and_35_a_token_for_somebody_else_is_refused() {
    refuse_specs([
        ("an ID token", TokenSpec::id_token("ann", NAME)),
        ("another connector's", TokenSpec::new("ann", "outlook")),
    ])
    .await;
}

#[tokio::test]
async fn row_34_a_token_for_an_upstream_service_is_never_passed_on() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let audiences = [
        "https://graph.microsoft.com",
        "00000003-0000-0000-c000-000000000000",
        "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d",
        "https://management.azure.com/",
    ];
    for version in [TokenVersion::V1, TokenVersion::V2] {
        let tokens = audiences.map(|audience| {
            let spec = ann().version(version).audience(audience);
            (audience.to_owned(), company.mint(&spec))
        });
        refuse_all(&connector, tokens).await;
    }
    // One that Graph would take: the connector's own, from a call it made.
    connector.person("ann").search("budget").await;
    let (exchanges, requests) = (company.exchanges(), company.graph_requests());
    let tokens = company.graph_tokens();
    assert_eq!(tokens.len(), 1);
    for token in tokens {
        assert_refused(&connector.send(&with_token(token)).await, "Graph's own");
    }
    assert_eq!((company.exchanges(), company.graph_requests()), (exchanges, requests));
    connector.finish().await;
}

#[tokio::test]
async fn row_37_what_is_no_token_at_all_is_refused() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    // A cursor is ours, sealed and valid, and still nobody's proof.
    let finance = "https://harbourlight.sharepoint.com/sites/Finance";
    let arguments = json!({"target": finance, "limit": 1});
    let page = connector.person("ann").call("sharepoint_browse", arguments).await;
    let cursor = page.data()["next_cursor"].as_str().unwrap().to_owned();
    let (exchanges, requests) = (company.exchanges(), company.graph_requests());
    for token in [cursor.as_str(), "0123456789abcdef0123456789abcdef", "grant.1.mac"] {
        assert_refused(&connector.send(&with_token(token)).await, "opaque");
    }
    assert_eq!((company.exchanges(), company.graph_requests()), (exchanges, requests));
    connector.finish().await;
}

#[tokio::test]
async fn row_100_a_clock_that_is_wrong_lets_nobody_in_and_is_noticed() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    for (what, spec) in [
        ("five minutes behind Entra", ann().issued(300).not_before(300).expires(3900)),
        ("five minutes ahead of the end", ann().issued(-3900).not_before(-3900).expires(-300)),
    ] {
        assert_refused(&connector.send(&with_token(company.mint(&spec))).await, what);
    }
    let failed = connector.logged("auth_failed", 2).await;
    assert_eq!(failed.len(), 2, "{failed:?}");
    connector.logged_text("\"AuthFailed\"").await;
    nothing_happened(&connector);
    connector.finish().await;
}
