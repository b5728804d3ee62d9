//! Ends: a client gives its tokens back, an operator throws the switch.

use e2e::{Company, own_server, own_server_at, run};
use stand_ins::company::person;

use crate::own_client::{OwnClient, REDIRECT, on_disk, says, works};

#[tokio::test]
async fn row_97_a_token_that_is_given_back_ends_its_grant_and_no_other() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let other = OwnClient::register(&connector, REDIRECT).await;
    let first = client.sign_in("ann").await;
    let second = client.sign_in("ann").await;
    let bobs = other.sign_in("bob").await;
    // Others' tokens and nonsense are answered the same, and nothing happens.
    for token in [&first.access, &first.refresh, &"made-up-by-somebody".to_owned()] {
        assert_eq!(other.revoke(token).await.0, 200);
    }
    assert!(works(&connector, &first).await);
    assert_eq!(client.revoke(&first.refresh).await.0, 200);
    assert!(!works(&connector, &first).await);
    says(&client.renew(&first.refresh, &[]).await, 400, "invalid_grant");
    assert_eq!(client.revoke(&first.refresh).await.0, 200, "there is nothing to learn");
    assert!(works(&connector, &second).await);
    assert_eq!(client.revoke(&second.access).await.0, 200);
    assert!(!works(&connector, &second).await);
    says(&client.renew(&second.refresh, &[]).await, 400, "invalid_grant");
    assert!(works(&connector, &bobs).await);
    says(&client.revoke("").await, 400, "invalid_request");
    connector.finish().await;
}

#[tokio::test]
async fn row_97_a_person_who_is_switched_off_loses_every_session() {
    let company = Company::start().await;
    let folder = tempfile::tempdir().unwrap();
    let connector = own_server(&company, |usual| on_disk(usual, &folder)).await;
    let client = OwnClient::register(&connector, REDIRECT).await;
    let anns = client.sign_in("ann").await;
    let bobs = client.sign_in("bob").await;
    let port = connector.address().port();
    connector.finish().await;
    let ann = person("ann").unwrap().oid;
    let environment = on_disk(company.environment(), &folder);
    let ended = run(&environment, &["--revoke", ann]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    // A process that has not looked yet; another one follows within half a minute.
    let connector = own_server_at(port, &company, |usual| on_disk(usual, &folder)).await;
    assert!(!works(&connector, &anns).await);
    says(&client.renew(&anns.refresh, &[]).await, 400, "invalid_grant");
    assert!(works(&connector, &bobs).await);
    connector.finish().await;
}

#[tokio::test]
async fn row_97_what_one_instance_ended_is_over_at_another() {
    let company = Company::start().await;
    let folder = tempfile::tempdir().unwrap();
    let here = own_server(&company, |usual| on_disk(usual, &folder)).await;
    let base = here.environment.get("MCP_BASE_URL").to_owned();
    let there =
        own_server(&company, |usual| on_disk(usual, &folder).with("MCP_BASE_URL", base)).await;
    let client = OwnClient::register(&here, REDIRECT).await;
    let tokens = client.sign_in("ann").await;
    assert!(works(&here, &tokens).await);
    assert_eq!(client.revoke(&tokens.access).await.0, 200);
    assert!(!works(&here, &tokens).await);
    assert!(!works(&there, &tokens).await, "it has not read the grant yet, so it reads it now");
    here.finish().await;
    there.finish().await;
}
