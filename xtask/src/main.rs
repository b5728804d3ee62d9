//! `cargo xtask …`: everything a person types in this repository.

fn main() {}
