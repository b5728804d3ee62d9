//! Reading files of about five megabytes, beside Microsoft's markitdown on the same files.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::process::Command;
use tokio::time::timeout;

use super::Bench;
use super::table::{Reached, Row, Table};
use crate::build::release_programs_of;
use crate::repository::text_of;
use crate::test::install_venv;

const SCRIPT: &str = "tests/bench/documents_peer.py";
const READER: &str = "read-file";
const MARKITDOWN: &str = "markitdown[docx,xlsx,pdf]==0.1.8";
const REPORTLAB: &str = "reportlab==5.1.0";
/// All characters of the largest file, which is more than one answer of a connector ever holds.
const ALL_CHARS: &str = "64000000";
/// CPU seconds for all of a file, which is more than a connector's child may have.
const SECONDS: &str = "600";
/// Longer than markitdown takes for the largest file on a slow and busy machine.
const PATIENCE: Duration = Duration::from_secs(65 * 60);
const MAX_MEMORY_MB: f64 = 100.0;
const RECALL: f64 = 0.995;

/// A kind of file, and how much less CPU it should take than the peer's.
const KINDS: [(&str, f64, &str); 3] = [
    ("docx", 100.0, "≥ 100× markitdown"),
    ("xlsx", 100.0, "≥ 100× markitdown"),
    ("pdf", 30.0, "≥ 30× markitdown"),
];

/// What a command cost, with all that it started.
#[derive(Debug, Deserialize)]
struct Cost {
    code: i32,
    cpu_s: f64,
    peak_mb: f64,
    bytes: u64,
}

/// Shares of words, with repetitions.
#[derive(Debug, Deserialize)]
struct Recall {
    theirs_in_ours: f64,
    ours_in_theirs: f64,
}

/// Python with the files' maker and the peer in it.
struct Documents {
    python: PathBuf,
    script: PathBuf,
    folder: PathBuf,
}

/// Reads each file with both, and compares what came out.
pub(super) async fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let tools = bench.repository.target.join("tools");
    let python = match install_venv(&tools, "markitdown", &[MARKITDOWN, REPORTLAB]).await {
        Ok(python) => python,
        Err(problem) => {
            table.remark(format!("SKIPPED: markitdown cannot be installed: {problem:#}"));
            return Ok(());
        }
    };
    let script = bench.repository.root.join(SCRIPT);
    let folder = bench.empty_folder("documents")?;
    let documents = Documents { python, script, folder };
    let reader = release_programs_of(&bench.repository, &["reading"]).await?;
    let reader = text_of(reader.get(READER).context("there is no reader")?)?;
    let _sizes: Sizes = documents.ask(&["make", &text_of(&documents.folder)?]).await?;
    for (kind, times, promise) in KINDS {
        documents.compare(table, &reader, kind, times, promise).await?;
    }
    documents.some_pages(table, &reader).await
}

/// Bytes of each file.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the answer is checked for its form")]
struct Sizes {
    docx: u64,
    xlsx: u64,
    pdf: u64,
}

impl Documents {
    async fn compare(
        &self,
        table: &mut Table,
        reader: &str,
        kind: &str,
        times: f64,
        promise: &'static str,
    ) -> anyhow::Result<()> {
        let file = text_of(&self.folder.join(format!("report.{kind}")))?;
        let megabytes = megabytes(std::fs::metadata(&file)?.len());
        let ours_file = text_of(&self.folder.join(format!("ours-{kind}.md")))?;
        let theirs_file = text_of(&self.folder.join(format!("theirs-{kind}.md")))?;
        let all = [reader, "--max-chars", ALL_CHARS, "--seconds", SECONDS, &file];
        // Once to warm the page cache, then the one that counts.
        self.cost(&ours_file, &all).await?;
        let ours = self.cost(&ours_file, &all).await?;
        let python = text_of(&self.python)?;
        let script = text_of(&self.script)?;
        let theirs = self.cost(&theirs_file, &[&python, &script, "convert", &file]).await?;
        let ratio = theirs.cpu_s / ours.cpu_s.max(0.001);
        let row = Row::plain(
            format!("Reading a {kind} of {megabytes:.1} MB, all of it: own CPU"),
            format!("{:.2} s ({:.1} MB of Markdown)", ours.cpu_s, self::megabytes(ours.bytes)),
        );
        let row = row.with_ratio(format!("{ratio:.0}× markitdown 0.1.8 ({:.1} s)", theirs.cpu_s));
        table.add(row.promised("", promise, Reached::by(ratio >= times, ratio >= times)));
        let memory =
            Row::plain(format!("Peak memory of that {kind}"), format!("{:.0} MB", ours.peak_mb));
        let memory = memory.with_ratio(format!("markitdown {:.0} MB", theirs.peak_mb));
        let small = Reached::at_most(ours.peak_mb, MAX_MEMORY_MB, MAX_MEMORY_MB);
        table.add(memory.promised("", "< 100 MB", small));
        let recall: Recall = self.ask(&["recall", &ours_file, &theirs_file]).await?;
        let row = Row::plain(
            format!("Words of markitdown's {kind} that are in ours"),
            format!("{:.4}", recall.theirs_in_ours),
        );
        let row = row.with_ratio(format!("{:.4} of ours in markitdown's", recall.ours_in_theirs));
        let enough = Reached::at_least(recall.theirs_in_ours, RECALL, RECALL);
        table.add(row.promised("", "≥ 0.995", enough));
        Ok(())
    }

    /// What twenty pages of a long file cost.
    async fn some_pages(&self, table: &mut Table, reader: &str) -> anyhow::Result<()> {
        let file = text_of(&self.folder.join("report.pdf"))?;
        let out = text_of(&self.folder.join("pages.md"))?;
        let cost = self.cost(&out, &[reader, &file, "pages", "900-919"]).await?;
        let measured = format!("{:.2} s CPU, {:.0} MB", cost.cpu_s, cost.peak_mb);
        table.add(Row::plain("Reading 20 pages of that pdf", measured));
        Ok(())
    }

    async fn cost(&self, out: &str, command: &[&str]) -> anyhow::Result<Cost> {
        let mut words = vec!["measure", out];
        words.extend(command);
        let cost: Cost = self.ask(&words).await?;
        ensure!(cost.code == 0, "{} ended with {}", command.join(" "), cost.code);
        ensure!(cost.bytes > 0, "{} wrote nothing", command.join(" "));
        Ok(cost)
    }

    /// One line of JSON from the script.
    async fn ask<T: DeserializeOwned>(&self, words: &[&str]) -> anyhow::Result<T> {
        let mut command = Command::new(&self.python);
        command.arg(&self.script).args(words).kill_on_drop(true);
        let output = timeout(PATIENCE, command.output()).await.context("it takes too long")??;
        ensure!(
            output.status.success(),
            "{} failed: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).context("the script's answer is not JSON")
    }
}

#[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
