#![doc = include_str!("../README.md")]

pub mod aws;
pub mod clock;
pub mod config;
pub mod identity;
pub mod limit;
pub mod seal;
pub mod store;
pub mod token_cache;
pub mod usage;
