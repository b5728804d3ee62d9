//! Many at once over the store: alone in a program of their own, because they take all there is
//! of the machine, and others would miss their deadlines.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "../aws/arms.rs"]
mod arms;
mod dynalite;
#[path = "../aws/ground.rs"]
mod ground;
#[path = "../aws/moto.rs"]
mod moto;
mod processes;
mod races;
#[path = "../aws/turns.rs"]
mod turns;

use ground::{aws_at, clock, tools};
