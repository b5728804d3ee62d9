//! How large a deployed function is.

use super::table::{Reached, Row, Table};
use super::{Bench, CONNECTOR};
use crate::package::zip_for;

/// Zips the connector as `cargo xtask package` does.
pub(super) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let zip_mb = megabytes(zip_for(&bench.repository, CONNECTOR, &bench.connector)?.len());
    let program_mb = megabytes(std::fs::read(&bench.connector)?.len());
    let row = Row::plain("Zipped function", format!("{zip_mb:.2} MB (program {program_mb:.2} MB)"));
    table.add(row.promised("< 8 MB", "4 MB", Reached::at_most(zip_mb, 8.0, 4.0)));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52 bytes")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
