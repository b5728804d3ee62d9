//! Several tasks of one service: what one knows, the others know.

use e2e::{Company, Root};
use serde_json::json;
use stand_ins::company::person;

use crate::task;

const FINANCE: &str = "https://harbourlight.sharepoint.com/sites/Finance";

#[tokio::test]
async fn tasks_count_a_persons_calls_together() {
    let company = Company::start().await;
    let change = |usual: e2e::Environment| usual.with("MCP_SERVER_RATE_LIMIT_RPM", "3");
    let Some(first) = task(&company, change).await else { return };
    let second = first.another_task().await;
    let mut statuses = Vec::new();
    for connector in [&first, &second, &first, &second, &first] {
        let answer = connector.person("ann").call("sharepoint_labels", json!({})).await;
        statuses.push(answer.status());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let other = second.person("bob").call("sharepoint_labels", json!({})).await;
    assert_eq!(other.status(), 200);
    first.finish().await;
    second.finish().await;
}

#[tokio::test]
async fn what_one_task_sealed_another_one_opens() {
    let company = Company::start().await;
    let Some(first) = task(&company, |usual| usual).await else { return };
    let second = first.another_task().await;
    let mut query =
        json!({"target": format!("{FINANCE}/Shared Documents/Invoices 2026"), "limit": 50});
    let token = company.token("ann");
    let page = first.bearer(token.clone()).call("sharepoint_browse", query.clone()).await;
    query["cursor"] = page.data()["next_cursor"].clone();
    assert!(query["cursor"].is_string());
    let next = second.bearer(token).call("sharepoint_browse", query).await;
    assert!(!next.titles().is_empty() && next.titles() != page.titles());
    // The token for Graph was in the table: the second task asked Entra for none.
    assert_eq!(company.exchanges(), 1);
    first.finish().await;
    second.finish().await;
}

#[tokio::test]
async fn a_person_who_is_revoked_is_refused_by_every_task() {
    let company = Company::start().await;
    let Some(first) = task(&company, |usual| usual).await else { return };
    let second = first.another_task().await;
    let (ann, ann_there) = (first.person("ann"), second.person("ann"));
    let oid = person("ann").unwrap().oid;
    let ended = Root::new().run(&first.environment, &["--revoke", oid]).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    for ann in [ann, ann_there] {
        let refused = ann.search("budget").await;
        assert_eq!(refused.status(), 401, "{}", refused.reply.text());
    }
    assert_eq!(first.last_record()["outcome"], "refused_switched_off");
    assert!(!second.person("bob").search("budget").await.items().is_empty());
    first.finish().await;
    second.finish().await;
}
