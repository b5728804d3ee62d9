#![doc = include_str!("../README.md")]

pub mod audit;
pub mod clock;
pub mod config;
pub mod identity;
pub mod telemetry;
pub mod usage;
