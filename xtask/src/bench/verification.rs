//! What it costs to verify one bearer token: the CPU of a ping with it, less the CPU of the same
//! ping at the same program without sign-in, in the same round.

use std::time::{Duration, Instant};

use anyhow::ensure;
use reqwest::header::ACCEPT;
use serde_json::json;
use stand_ins::entra::TokenSpec;

use super::call::Cost;
use super::process::run_time;
use super::sign_in::{Side, start_peer};
use super::stage::{PERSON, Stage};
use super::table::{Row, Table};
use super::{Bench, CONNECTOR};
use crate::client::send;
use crate::test::FASTMCP;

/// How long one round of one kind may take.
const ROUND_AT_MOST: Duration = Duration::from_secs(60);
/// Pings before anything is counted.
const WARM_UP: usize = 50;

/// One kind of token at one server.
struct Kind {
    pid: i32,
    url: String,
    tokens: Tokens,
    costs: Vec<f64>,
}

/// What pings carry.
enum Tokens {
    /// Nothing: the server asks for nothing.
    None,
    /// The same one each time.
    Same(String),
    /// An Entra token that the server has never seen, each time.
    Fresh { made: i64 },
}

/// Microseconds that a kind of token adds to a ping.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Added {
    /// In the middle one of all rounds.
    median: f64,
    /// How far that may be from the truth: the standard error of a median, from the quartiles.
    error: f64,
}

/// Measures every kind of token at both sides.
pub(super) async fn measure(
    bench: &Bench,
    stage: &Stage,
    ours: &Side,
    theirs: Option<&Side>,
    table: &mut Table,
) -> anyhow::Result<()> {
    let open = [
        ("ENABLE_OAUTH", "false".to_owned()),
        ("GRAPH_DEBUG_TOKEN", "a-token-that-opens-nothing".to_owned()),
    ];
    let log = bench.log("sign-in-off");
    let open = stage.serve_openly(&bench.connector, &open, &log).await?;
    let mut our_kinds = [
        Kind::new(open.pid, &open.url, Tokens::None),
        Kind::new(ours.pid, &ours.url, Tokens::Fresh { made: 0 }),
        Kind::new(ours.pid, &ours.url, Tokens::Same(stage.token.clone())),
        Kind::new(ours.pid, &ours.url, Tokens::Same(ours.sign_in().await?)),
    ];
    let mut servers = Vec::new();
    let mut their_kinds = Vec::new();
    if let (Some(peer), Some(theirs)) = (&bench.peer, theirs) {
        let entra = Tokens::Same(stage.token.clone());
        for (way, tokens) in [("nobody", Tokens::None), ("azure", entra)] {
            let server = start_peer(bench, stage, peer, way).await?;
            their_kinds.push(Kind::new(server.pid, &format!("http://{}", server.host), tokens));
            servers.push(server);
        }
        let own = Tokens::Same(theirs.sign_in().await?);
        their_kinds.push(Kind::new(theirs.pid, &theirs.url, own));
    }
    for kind in our_kinds.iter_mut().chain(&mut their_kinds) {
        kind.ping(stage, WARM_UP).await?;
    }
    for _ in 0..bench.effort.token_rounds {
        for kind in &mut our_kinds {
            kind.round(stage, bench.effort.pings).await?;
        }
        for kind in &mut their_kinds {
            kind.round(stage, bench.effort.peer_pings).await?;
        }
    }
    add_rows(table, &our_kinds, &their_kinds);
    for server in servers {
        server.stop().await;
    }
    open.stop().await;
    Ok(())
}

fn add_rows(table: &mut Table, ours: &[Kind], theirs: &[Kind]) {
    let [open, fresh, known, own] = ours else { return };
    let (their_open, their_entra, their_own) = match theirs {
        [open, entra, own] => (Some(open), entra.added_to(open), own.added_to(open)),
        _ => (None, None, None),
    };
    for (what, kind, peer, name) in [
        (
            "Entra tokens verified per CPU second, each for the first time",
            fresh,
            their_entra,
            "AzureJWTVerifier",
        ),
        (
            "Entra tokens verified per CPU second, remembered",
            known,
            their_entra,
            "AzureJWTVerifier",
        ),
        ("Own tokens verified per CPU second, grant in memory", own, their_own, "token swap"),
    ] {
        let Some(added) = kind.added_to(open) else { continue };
        let mut row = Row::plain(what, added.described());
        if let Some(peer) = peer {
            let ratio = added.times(peer);
            row = row.with_ratio(format!("{ratio} {FASTMCP} {name}, {}", peer.described()));
        }
        table.add(row);
    }
    let Some(ping) = open.median() else { return };
    let mut row =
        Row::plain("The ping without sign-in that was subtracted", format!("{ping:.0} µs CPU"));
    if let Some(ping) = their_open.and_then(Kind::median) {
        row = row.with_ratio(format!("{FASTMCP} {ping:.0} µs"));
    }
    table.add(row);
}

impl Kind {
    fn new(pid: i32, url: &str, tokens: Tokens) -> Self {
        Self { pid, url: url.to_owned(), tokens, costs: Vec::new() }
    }

    async fn round(&mut self, stage: &Stage, pings: usize) -> anyhow::Result<()> {
        let cost = self.ping(stage, pings).await?;
        self.costs.push(cost.micros());
        Ok(())
    }

    async fn ping(&mut self, stage: &Stage, pings: usize) -> anyhow::Result<Cost> {
        let tokens = self.tokens.next(stage, pings)?;
        let (started, before) = (Instant::now(), run_time(self.pid)?);
        let mut made = 0;
        for token in &tokens {
            if started.elapsed() >= ROUND_AT_MOST {
                break;
            }
            let mut request = stage.client.post(format!("{}/mcp", self.url));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let request = request
                .header(ACCEPT, "application/json, text/event-stream")
                .header("mcp-protocol-version", "2025-11-25")
                .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
            let reply = send(request).await?;
            ensure!(reply.json()?.get("result").is_some(), "a ping failed: {}", reply.excerpt());
            made += 1;
        }
        Ok(Cost { calls: made, cpu: run_time(self.pid)?.saturating_sub(before) })
    }

    /// What the token of this kind adds to the ping of the other, round by round.
    fn added_to(&self, open: &Self) -> Option<Added> {
        Added::of(self.costs.iter().zip(&open.costs).map(|(with, without)| with - without))
    }

    fn median(&self) -> Option<f64> {
        Added::of(self.costs.iter().copied()).map(|spread| spread.median)
    }
}

impl Tokens {
    fn next(&mut self, stage: &Stage, count: usize) -> anyhow::Result<Vec<Option<String>>> {
        match self {
            Self::None => Ok(vec![None; count]),
            Self::Same(token) => Ok(vec![Some(token.clone()); count]),
            Self::Fresh { made } => (0..count)
                .map(|_| {
                    *made += 1;
                    let spec = TokenSpec::new(PERSON, CONNECTOR).claim("bench", *made);
                    Ok(Some(stage.entra.mint(&spec)?))
                })
                .collect(),
        }
    }
}

impl Added {
    /// Of at least one round.
    fn of(rounds: impl Iterator<Item = f64>) -> Option<Self> {
        let mut rounds: Vec<f64> = rounds.collect();
        rounds.sort_by(f64::total_cmp);
        let at = |quarter: usize| rounds.get(rounds.len() * quarter / 4).copied();
        let count = f64::from(u32::try_from(rounds.len()).ok()?);
        Some(Self { median: at(2)?, error: 0.93 * (at(3)? - at(1)?) / count.sqrt() })
    }

    /// Whether it stands out of what the machine does meanwhile.
    fn can_be_told(self) -> bool {
        self.median > 2.0 * self.error
    }

    fn described(self) -> String {
        let Self { median, error } = self;
        if self.can_be_told() {
            format!("{:.0} ({median:.0} ± {error:.0} µs)", 1e6 / median)
        } else {
            format!("lost in noise ({median:.0} ± {error:.0} µs)")
        }
    }

    /// How many of these fit into one of the peer's.
    fn times(self, peer: Self) -> String {
        if self.can_be_told() && peer.can_be_told() {
            format!("{:.1}×", peer.median / self.median)
        } else {
            "cannot be told:".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_that_of_the_middle_round_and_says_how_sure_it_is() {
        let added = Added::of([40.0, 10.0, 20.0, 30.0].into_iter()).unwrap();
        assert_eq!(added.described(), "33333 (30 ± 9 µs)");
        assert_eq!(Added::of(std::iter::empty()), None);
    }

    #[test]
    fn what_is_lost_in_noise_is_no_number_and_makes_no_ratio() {
        let noise = Added::of([-3.0, 1.0, 2.0, -4.0].into_iter()).unwrap();
        let peer = Added { median: 100.0, error: 5.0 };
        assert_eq!(noise.described(), "lost in noise (1 ± 2 µs)");
        assert_eq!(noise.times(peer), "cannot be told:");
        assert_eq!(Added { median: 10.0, error: 1.0 }.times(peer), "10.0×");
    }
}
