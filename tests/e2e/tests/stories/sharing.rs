//! What one person finds, another does not see.

use e2e::{Company, Connector};

#[tokio::test]
async fn a_person_finds_the_budget_and_another_person_does_not_see_it() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;

    let ann = connector.person("ann").search("budget").await;
    let bob = connector.person("bob").search("budget").await;

    assert!(ann.titles().contains(&"Budget 2027.xlsx".to_owned()), "{:?}", ann.titles());
    assert!(!bob.titles().contains(&"Budget 2027.xlsx".to_owned()), "{:?}", bob.titles());
    connector.finish().await;
}

#[tokio::test]
async fn the_server_flavour_tells_the_same() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;

    let ann = connector.person("ann").modern().search("budget").await;

    assert!(ann.titles().contains(&"Budget 2027.xlsx".to_owned()), "{:?}", ann.titles());
    assert_eq!(connector.audit().len(), 1);
    connector.finish().await;
}
