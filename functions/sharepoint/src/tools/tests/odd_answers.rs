//! Answers of Graph that are out of the ordinary, for the tools that tell facts.

use stand_ins::graph::{Fault, FaultKind, Id};

use super::*;

const LIBRARY: &str = "https://harbourlight.sharepoint.com/sites/Finance/Shared%20Documents";

/// What fails must say so, and what is missing must not let content out.
#[tokio::test]
async fn odd_answers_are_survived() {
    let faults = [
        FaultKind::UnknownFields,
        FaultKind::MissingFields,
        FaultKind::NullFields,
        FaultKind::WrongShape,
        FaultKind::WrongJson,
        FaultKind::Forbidden,
        FaultKind::Redirect("https://evil.example/".to_owned()),
    ];
    let open = POLICY.replace("row: redact", "row: allow");
    let file = bench_with(&open).await.reference("ann", "Forecast Q4.docx").await;
    for fault in faults {
        let bench = bench_with(&open).await;
        for operation in [
            Id::ListGet,
            Id::ListItems,
            Id::Me,
            Id::SearchQuery,
            Id::DriveDelta,
            Id::ItemVersions,
            Id::ItemPermissions,
        ] {
            bench.graph.fault(Fault::once(fault.clone()).on(operation));
            let answer = match operation {
                Id::ListGet | Id::ListItems => {
                    bench.rows("ann", json!({"list": rows::SUPPLIERS})).await
                }
                Id::Me | Id::SearchQuery => bench.recent("ann", json!({})).await,
                Id::DriveDelta => {
                    bench.changes("ann", json!({"target": LIBRARY, "backfill": true})).await
                }
                _ => {
                    let include = json!(["versions", "access"]);
                    bench.facts("ann", json!({"target": file, "include": include})).await
                }
            };
            match answer {
                Ok(told) => assert!(!told.to_string().contains("evil.example")),
                Err(error) => assert_ne!(error.code(), "internal", "{fault:?} {operation:?}"),
            }
            bench.graph.forget();
        }
    }
}
