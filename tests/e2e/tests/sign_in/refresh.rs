//! Refresh tokens: a successor for each, a little patience with clients in a hurry, none with
//! thieves.

use e2e::{Company, own_server};
use futures::future::join_all;
use stand_ins::company::person;

use crate::own_client::{OwnClient, REDIRECT, Tokens, says, works};

#[tokio::test]
async fn row_68_the_same_refresh_token_twice_in_a_hurry_has_one_successor() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    let both = join_all((0..2).map(|_| client.renew(&first.refresh, &[]))).await;
    let both: Vec<_> = both.into_iter().map(Tokens::of).collect();
    assert_eq!(both[0].refresh, both[1].refresh);
    assert_ne!(both[0].refresh, first.refresh);
    let late = Tokens::of(client.renew(&first.refresh, &[]).await);
    assert_eq!(late.refresh, both[0].refresh);
    for tokens in both.iter().chain([&late]) {
        assert!(works(&connector, tokens).await);
    }
    let next = Tokens::of(client.renew(&late.refresh, &[]).await);
    assert_ne!(next.refresh, late.refresh);
    connector.finish().await;
}

#[tokio::test]
async fn row_69_an_old_refresh_token_ends_the_grant_with_all_its_tokens() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    let second = Tokens::of(client.renew(&first.refresh, &[]).await);
    let third = Tokens::of(client.renew(&second.refresh, &[]).await);
    assert!(works(&connector, &third).await);
    says(&client.renew(&first.refresh, &[]).await, 400, "invalid_grant");
    for tokens in [&first, &second, &third] {
        assert!(!works(&connector, tokens).await);
        says(&client.renew(&tokens.refresh, &[]).await, 400, "invalid_grant");
    }
    let said = connector.logged("refresh_reused", 1).await;
    assert!(said[0].to_string().contains(person("ann").unwrap().oid));
    connector.finish().await;
}

#[tokio::test]
async fn row_70_a_refresh_token_is_for_its_own_client_and_for_no_more_than_was_granted() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let other = OwnClient::register(&connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    says(&other.renew(&first.refresh, &[]).await, 400, "invalid_grant");
    let wider = [("scope", "access admin")];
    says(&client.renew(&first.refresh, &wider).await, 400, "invalid_scope");
    let elsewhere = [("resource", "https://other.example/mcp")];
    says(&client.renew(&first.refresh, &elsewhere).await, 400, "invalid_target");
    // What is not theirs to use is not theirs to end.
    assert!(works(&connector, &first).await);
    let same = [("scope", "access offline_access"), ("resource", "")];
    Tokens::of(client.renew(&first.refresh, &same).await);
    connector.finish().await;
}

#[tokio::test]
async fn a_mistake_with_a_refresh_token_ends_nothing() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    for wrong in ["", "made-up-by-somebody", first.access.as_str()] {
        let error = if wrong.is_empty() { "invalid_request" } else { "invalid_grant" };
        says(&client.renew(wrong, &[]).await, 400, error);
    }
    assert!(works(&connector, &first).await);
    connector.finish().await;
}
