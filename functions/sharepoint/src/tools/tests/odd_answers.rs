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
        FaultKind::Truncated,
        FaultKind::Forbidden,
        FaultKind::Redirect("https://evil.example/".to_owned()),
    ];
    let open = POLICY.replace("row: redact", "row: allow");
    let file = bench_with(&open).await.reference("ann", "Forecast Q4.docx").await;
    for fault in faults {
        for operation in [
            Id::ListGet,
            Id::ListItems,
            Id::Me,
            Id::SearchQuery,
            Id::DriveDelta,
            Id::ItemVersions,
            Id::ItemPermissions,
        ] {
            // Nothing is remembered from one try to the next.
            let bench = bench_with(&open).await;
            bench.graph.fault(Fault::once(fault.clone()).on(operation));
            let include = json!(["versions", "access"]);
            let backfill = json!({"target": LIBRARY, "backfill": true});
            let answers = [
                bench.rows("ann", json!({"list": rows::SUPPLIERS})).await,
                bench.recent("ann", json!({})).await,
                bench.changes("ann", backfill).await,
                bench.facts("ann", json!({"target": file, "include": include})).await,
            ];
            for answer in answers {
                match answer {
                    Ok(told) => assert!(!told.to_string().contains("evil.example")),
                    Err(error) => assert_ne!(error.code(), "internal", "{fault:?} {operation:?}"),
                }
            }
        }
    }
}
