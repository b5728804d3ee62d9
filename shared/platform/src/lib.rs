#![doc = include_str!("../README.md")]

pub mod answer;
pub mod audit;
pub mod aws;
pub mod call;
pub mod clock;
pub mod config;
pub mod identity;
pub mod limit;
pub mod parameters;
pub mod schema;
pub mod seal;
pub mod store;
pub mod telemetry;
pub mod token_cache;
pub mod tool_error;
pub mod upstream;
pub mod usage;
pub mod verdict;

pub use answer::{Answer, Page, Summary};
pub use call::{Call, Decision};
pub use parameters::Parameters;
pub use tool_error::ToolError;
