//! A code is good once, for the client that asked for it, with its own proof.

use e2e::{Company, own_server};
use futures::future::join_all;

use crate::own_client::{OwnClient, REDIRECT, Tokens, says, works};

#[tokio::test]
async fn row_64_a_code_without_the_right_verifier_is_worth_nothing() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let code = client.code("ann").await;
    let (short, long) = ("v".repeat(42), "v".repeat(129));
    for verifier in
        ["", short.as_str(), long.as_str(), "forty-three characters, but not the right ones"]
    {
        let answer = client.exchange(&code, &[("code_verifier", verifier)]).await;
        says(&answer, 400, "invalid_request");
    }
    // A verifier of the right form that is wrong ends the sign-in: the code is in other hands.
    let wrong = "v".repeat(43);
    says(&client.exchange(&code, &[("code_verifier", &wrong)]).await, 400, "invalid_grant");
    says(&client.exchange(&code, &[]).await, 400, "invalid_grant");
    connector.finish().await;
}

#[tokio::test]
async fn row_65_a_code_that_comes_again_ends_what_it_gave() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let code = client.code("ann").await;
    let tokens = Tokens::of(client.exchange(&code, &[]).await);
    assert!(works(&connector, &tokens).await);
    says(&client.exchange(&code, &[]).await, 400, "invalid_grant");
    assert!(!works(&connector, &tokens).await);
    says(&client.renew(&tokens.refresh, &[]).await, 400, "invalid_grant");
    // The person begins again.
    let again = client.sign_in("ann").await;
    assert!(works(&connector, &again).await);
    connector.finish().await;
}

#[tokio::test]
async fn row_65_of_eight_at_once_at_most_one_gets_tokens_and_keeps_none() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let code = client.code("ann").await;
    let answers = join_all((0..8).map(|_| client.exchange(&code, &[]))).await;
    let (given, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(s, _)| *s == 200);
    assert_eq!((given.len(), refused.len()), (1, 7));
    for answer in &refused {
        says(answer, 400, "invalid_grant");
    }
    for answer in given {
        let tokens = Tokens::of(answer);
        assert!(!works(&connector, &tokens).await);
        says(&client.renew(&tokens.refresh, &[]).await, 400, "invalid_grant");
    }
    connector.finish().await;
}

#[tokio::test]
async fn row_66_a_code_is_for_its_own_client_address_and_resource() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let other = OwnClient::register(&connector, REDIRECT).await;
    for change in [
        ("client_id", other.id()),
        ("redirect_uri", "http://127.0.0.1:33419/callback"),
        ("resource", "https://other.example/mcp"),
    ] {
        let code = client.code("ann").await;
        says(&client.exchange(&code, &[change]).await, 400, "invalid_grant");
        // It was in other hands, so it is worth nothing any more.
        says(&client.exchange(&code, &[]).await, 400, "invalid_grant");
    }
    let code = client.code("ann").await;
    let nobody = client.exchange(&code, &[("client_id", "nobody-registered-this")]).await;
    says(&nobody, 401, "invalid_client");
    says(&client.exchange("made-up-by-somebody", &[]).await, 400, "invalid_grant");
    // OAuth 2.1 leaves the address out, and the resource may be left out.
    let plain = client.exchange(&code, &[("redirect_uri", ""), ("resource", "")]).await;
    assert!(works(&connector, &Tokens::of(plain)).await);
    connector.finish().await;
}
