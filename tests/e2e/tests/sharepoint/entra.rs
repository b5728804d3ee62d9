//! What Entra says, and what the person's client is told: every row of the table of error classes.

use e2e::{Company, Connector, Flavour, NAME};
use serde_json::json;
use stand_ins::entra::{Answer, Fault, Grant, TokenSpec};

/// What must come of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// 401 `invalid_token`.
    SignIn,
    /// A tool error with this code.
    Tool(&'static str),
    /// This status, with a wait if it is one that passes.
    Status(u16),
}

fn refusal(code: u32, claims: Option<&str>) -> Fault {
    let claims = claims.map(str::to_owned);
    // Entra has two errors for this number; the other one would be about our credential.
    let error = (code == 700_023).then(|| "invalid_request".to_owned());
    Fault::new(Answer::Aadsts { code, claims, suberror: None, error, description: None })
        .grant(Grant::OnBehalfOf)
}

/// A token of a client of its own: sign-ins are counted by client.
fn token(company: &Company, code: u32, spec: TokenSpec) -> String {
    company.mint(&spec.claim("azp", format!("f0000000-0000-4000-8000-{code:012}")))
}

async fn check(connector: &Connector<'_>, spec: TokenSpec, code: u32, told: Told) {
    let company = connector.company;
    let answer = connector.bearer(token(company, code, spec)).search("budget").await;
    let reply = &answer.reply;
    assert!(!reply.text().contains("AADSTS") && !reply.text().contains("Trace"), "{code}");
    let status = match told {
        Told::SignIn => {
            assert!(reply.challenge().contains("error=\"invalid_token\""), "{code}: {reply:?}");
            401
        }
        Told::Tool(word) => {
            assert_eq!(answer.code(), word, "{code}");
            200
        }
        Told::Status(status) => {
            let waits = [429, 503].contains(&status);
            assert_eq!(reply.retry_after_s().is_some(), waits, "{code}: {reply:?}");
            status
        }
    };
    assert_eq!(reply.status, status, "{code}: {}", reply.text());
    let record = connector.last_record();
    assert_eq!(record["status"], status, "{code}: {record}");
    assert_ne!(record["outcome"], "ok", "{code}: {record}");
    assert_eq!(company.graph_requests(), 0, "{code}");
}

async fn check_all(classes: &[(Told, &[u32])]) {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "0")
    })
    .await;
    let mut calls = 0;
    for (told, codes) in classes {
        for code in *codes {
            company.entra.clear_faults();
            company.entra.fault(refusal(*code, None));
            check(&connector, TokenSpec::new("ann", NAME), *code, *told).await;
            calls += 1;
        }
    }
    assert_eq!(connector.audit().len(), calls, "one record for each call");
    // None of it was remembered against anybody else.
    company.entra.clear_faults();
    assert!(!connector.person("bob").search("budget").await.titles().is_empty());
    connector.finish().await;
}

#[tokio::test]
async fn what_a_new_sign_in_mends_is_answered_with_401() {
    check_all(&[
        (Told::SignIn, &[50013, 500_131, 500_133, 50027, 50006]),
        (Told::SignIn, &[50057, 50034, 50173]),
        (Told::SignIn, &[700_082, 70008, 70043, 700_084, 50089]),
    ])
    .await;
}

#[tokio::test]
async fn what_the_person_or_the_administrator_must_do_is_said_in_words() {
    check_all(&[
        (Told::Tool("sign_in_required"), &[50072, 50074, 50076, 50078, 50079, 50158]),
        (Told::Tool("access_blocked"), &[53003, 53000, 53001, 53002, 50131, 530_032, 53011]),
        (Told::Tool("consent_required"), &[65001, 90094, 90095, 65004]),
        (Told::Tool("not_in_tenant"), &[50020, 500_213, 90072, 16000]),
        // The last: for a minute the same is said without asking.
        (Told::Tool("not_assigned"), &[50105]),
    ])
    .await;
}

#[tokio::test]
async fn what_only_we_can_mend_is_a_bad_gateway() {
    check_all(&[
        (Told::Status(502), &[700_016, 7_000_112, 7_000_114, 500_011, 650_057, 700_229]),
        (Told::Status(502), &[70011, 28000, 28002, 28003, 700_022, 700_023]),
        (Told::Status(502), &[90009, 9_010_010, 901_002]),
    ])
    .await;
}

#[tokio::test]
async fn what_passes_is_answered_with_a_wait() {
    check_all(&[
        (Told::Status(503), &[90033, 90024, 50033, 90006, 90012, 40010]),
        (Told::Status(429), &[50196]),
    ])
    .await;
}

#[tokio::test]
async fn a_refused_credential_of_ours_is_a_wait_whatever_the_number() {
    for code in [7_000_215, 7_000_222, 7_000_218, 700_027, 700_025, 50012] {
        let company = Company::start().await;
        let connector = Connector::server(&company).await;
        company.entra.fault(refusal(code, None));
        check(&connector, TokenSpec::new("ann", NAME), code, Told::Status(503)).await;
        connector.finish().await;
    }
}

#[tokio::test]
async fn a_throttled_tenant_waits_as_long_as_entra_says() {
    for answer in
        [Answer::Throttled { retry_after: Some(17) }, Answer::Unavailable { retry_after: Some(17) }]
    {
        let company = Company::start().await;
        let connector = Connector::server(&company).await;
        company.entra.fault(Fault::new(answer).grant(Grant::OnBehalfOf));
        let reply = connector.person("ann").search("budget").await.reply;
        assert_eq!(reply.status, 503, "{}", reply.text());
        assert!((15..=17).contains(&reply.retry_after_s().unwrap()), "{reply:?}");
        connector.finish().await;
    }
}

#[tokio::test]
async fn claims_are_passed_on_only_to_a_client_that_understands_them() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let plain = TokenSpec::new("ann", NAME);
    let understands = || plain.clone().claim("xms_cc", json!(["cp1"]));
    for (code, word) in
        [(50076, "sign_in_required"), (50079, "sign_in_required"), (53003, "access_blocked")]
    {
        company.entra.clear_faults();
        company.entra.fault(refusal(code, Some(claims)));
        check(&connector, plain.clone(), code, Told::Tool(word)).await;
        let bearer = token(&company, code, understands());
        let reply = connector.bearer(bearer).search("budget").await.reply;
        assert_eq!(reply.status, 401, "{code}: {}", reply.text());
        assert!(reply.challenge().contains("error=\"insufficient_claims\""), "{code}");
    }
    // A block by policy asks once; the second time it is said in words.
    check(&connector, understands(), 53003, Told::Tool("access_blocked")).await;
    connector.finish().await;
}

#[tokio::test]
async fn a_client_that_signs_in_again_and_again_is_told_to_stop() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    company.entra.fault(refusal(50173, None));
    for _ in 0..3 {
        assert_eq!(connector.person("ann").search("budget").await.status(), 401);
    }
    assert_eq!(connector.person("ann").search("budget").await.code(), "sign_in_repeated");
    connector.finish().await;
}
