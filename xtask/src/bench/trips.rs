//! The serial round trips to AWS that a warm call adds to the upstream's own.
//!
//! DynamoDB and Firehose are moto's, behind a door that holds every answer back: requests that are
//! made side by side overlap, and requests that wait for each other do not.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::process::Command;

use super::Bench;
use super::door::{Answers, Door, Visit};
use super::stage::{self, Stage};
use super::table::{Reached, Row, Table};
use crate::addresses::{free_port, loopback};
use crate::client::send;
use crate::program::Program;
use crate::test::{PYTHON_PACKAGES, install_venv};

/// How long each answer is held back: longer than the connector takes to send what it can.
const HELD: Duration = Duration::from_millis(60);
const READY_WITHIN: Duration = Duration::from_secs(60);
const REGION: &str = "eu-central-1";
const STORAGE: &str = "bench-storage";
const CACHE: &str = "bench-cache";
const STREAM: &str = "bench-audit";
/// Calls that are looked at; each must say the same.
const CALLS: usize = 3;

/// What one call asked of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trips {
    before: usize,
    between: usize,
    after: usize,
    operations: Vec<String>,
}

/// Counts the round trips of a warm call; says so where moto cannot be had.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let tools = bench.repository.target.join("tools");
    let python = match install_venv(&tools, "python", &PYTHON_PACKAGES).await {
        Ok(python) => python,
        Err(problem) => {
            table.remark(format!("SKIPPED: round trips need moto: {problem:#}"));
            return Ok(());
        }
    };
    let (moto, address) = start_moto(&python, &bench.log("trips-moto")).await?;
    let stage = Stage::set(bench, "trips", HELD).await?;
    prepare(&stage, &address).await.context("preparing moto")?;
    let aws = Door::open(&address, Answers::Fresh, HELD).await?;
    let more = [
        ("AWS_ENDPOINT_URL", aws.url().to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
        ("STORAGE_TYPE", "dynamodb".to_owned()),
        ("STORAGE_DYNAMODB_TABLE_NAME", STORAGE.to_owned()),
        ("CACHE_TYPE", "dynamodb".to_owned()),
        ("CACHE_DYNAMODB_TABLE_NAME", CACHE.to_owned()),
        ("AUDIT_TYPE", "firehose".to_owned()),
        ("AUDIT_FIREHOSE_STREAM_NAME", STREAM.to_owned()),
        // The exact log, as in production; few calls are made here.
        ("MCP_SERVER_RATE_LIMIT_RPM", "60".to_owned()),
    ];
    // Two processes with the same key and tables: the first one's cached token is the second one's.
    let first = stage.serve(&bench.connector, &more, &bench.log("trips")).await?;
    let warm = trips_of(&stage, &aws, &first.url).await?;
    first.stop().await;
    let second = stage.serve(&bench.connector, &more, &bench.log("trips")).await?;
    let cold = one_call(&stage, &aws, &second.url).await?;
    second.stop().await;
    moto.stop().await;
    add_rows(table, &warm, &cold);
    Ok(())
}

fn add_rows(table: &mut Table, warm: &Trips, cold: &Trips) {
    let kept = warm.before <= 1 && warm.between == 0 && warm.after <= 1;
    let shown = |trips: &Trips| {
        format!("{} before, {} between, {} after", trips.before, trips.between, trips.after)
    };
    table.add(
        Row::plain("Serial round trips to AWS in a warm call", shown(warm))
            .with_ratio(warm.operations.join(", "))
            .promised("1 before, 1 after", "", Reached::by(kept, kept)),
    );
    table.add(
        Row::plain("The same in a process that knows nothing yet", shown(cold))
            .with_ratio(cold.operations.join(", ")),
    );
}

async fn trips_of(stage: &Stage, aws: &Door, url: &str) -> anyhow::Result<Trips> {
    for _ in 0..2 {
        one_call(stage, aws, url).await?;
    }
    let mut all = Vec::new();
    for _ in 0..CALLS {
        all.push(one_call(stage, aws, url).await?);
    }
    let most = all.iter().max_by_key(|trips| trips.before + trips.between + trips.after);
    most.cloned().context("no call was made")
}

async fn one_call(stage: &Stage, aws: &Door, url: &str) -> anyhow::Result<Trips> {
    drop((aws.visits(), stage.upstream.visits()));
    stage.call_once(&stage.call(url, stage::HOST)).await?;
    let upstream = stage.upstream.visits();
    let first = upstream.iter().map(|visit| visit.arrived).min().context("nothing upstream")?;
    let last = upstream.iter().map(|visit| visit.answered).max().unwrap_or(first);
    Ok(trips(aws.visits(), first, last))
}

fn trips(visits: Vec<Visit>, first: Instant, last: Instant) -> Trips {
    let operations = visits.iter().map(|visit| short(&visit.what).to_owned()).collect();
    let (before, rest): (Vec<_>, Vec<_>) =
        visits.into_iter().partition(|visit| visit.answered <= first);
    let (after, between): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|visit| visit.arrived >= last);
    Trips { before: serial(before), between: serial(between), after: serial(after), operations }
}

/// The longest chain of visits that did not overlap.
fn serial(mut visits: Vec<Visit>) -> usize {
    visits.sort_by_key(|visit| visit.answered);
    let mut end = None;
    let mut count = 0;
    for visit in visits {
        if end.is_none_or(|end| visit.arrived >= end) {
            end = Some(visit.answered);
            count += 1;
        }
    }
    count
}

/// `DynamoDB_20120810.UpdateItem` as `UpdateItem`.
fn short(what: &str) -> &str {
    what.rsplit('.').next().unwrap_or(what)
}

async fn start_moto(python: &Path, log: &Path) -> anyhow::Result<(Program, String)> {
    let port = free_port()?;
    let mut command = Command::new(python.with_file_name("moto_server"));
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    let mut moto = Program::start("moto", command, log)?;
    moto.drain();
    let client = crate::client::loopback_client()?;
    let deadline = Instant::now() + READY_WITHIN;
    while send(client.get(loopback(port))).await.is_err() {
        ensure!(Instant::now() < deadline, "moto does not start; its log is {}", log.display());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok((moto, loopback(port)))
}

async fn prepare(stage: &Stage, address: &str) -> anyhow::Result<()> {
    for table in [STORAGE, CACHE] {
        let table = json!({
            "TableName": table,
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
        });
        ask(stage, address, "dynamodb", "DynamoDB_20120810.CreateTable", &table).await?;
    }
    let bucket = stage.client.put(format!("{address}/bench-audit"));
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1\
                 </LocationConstraint></CreateBucketConfiguration>";
    let reply = send(bucket.header(AUTHORIZATION, signed("s3")).body(place)).await?;
    ensure!(reply.status.is_success(), "the bucket: {} {}", reply.status, reply.excerpt());
    let stream = json!({
        "DeliveryStreamName": STREAM,
        "ExtendedS3DestinationConfiguration": {
            "RoleARN": "arn:aws:iam::123456789012:role/firehose",
            "BucketARN": "arn:aws:s3:::bench-audit",
        },
    });
    ask(stage, address, "firehose", "Firehose_20150804.CreateDeliveryStream", &stream).await
}

async fn ask(
    stage: &Stage,
    address: &str,
    service: &str,
    target: &str,
    body: &Value,
) -> anyhow::Result<()> {
    let version = if service == "dynamodb" { "1.0" } else { "1.1" };
    let request = stage
        .client
        .post(address)
        .header(AUTHORIZATION, signed(service))
        .header("x-amz-target", target)
        .header("content-type", format!("application/x-amz-json-{version}"))
        .body(body.to_string());
    let reply = send(request).await?;
    ensure!(reply.status.is_success(), "{target}: {} {}", reply.status, reply.excerpt());
    Ok(())
}

/// Moto reads the region and the service here and checks no signature.
fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=bench/20261121/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(times: &[(u64, u64)]) -> (Instant, Vec<Visit>) {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let visits = times.iter().map(|(arrived, answered)| Visit {
            what: "DynamoDB_20120810.GetItem".to_owned(),
            arrived: at(*arrived),
            answered: at(*answered),
        });
        (start, visits.collect())
    }

    #[test]
    fn requests_side_by_side_are_one_trip_and_requests_in_turn_are_several() {
        for (times, count) in [
            (&[][..], 0),
            (&[(0, 10), (2, 11)][..], 1),
            (&[(0, 10), (10, 20)][..], 2),
            (&[(0, 10), (12, 20), (13, 25)][..], 2),
        ] {
            assert_eq!(serial(visits(times).1), count, "{times:?}");
        }
    }

    #[test]
    fn a_trip_belongs_to_where_it_stood_to_the_upstream() {
        let (start, visits) = visits(&[(0, 10), (30, 40), (70, 80)]);
        let at = |ms| start + Duration::from_millis(ms);
        let found = trips(visits, at(20), at(60));
        assert_eq!((found.before, found.between, found.after), (1, 1, 1));
        assert_eq!(found.operations, ["GetItem"; 3]);
    }
}
