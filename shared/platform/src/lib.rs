#![doc = include_str!("../README.md")]

// In the order of one request: how it is served, checked, admitted, run, answered for.
mod assemble;
mod revoke;
mod run;
mod serve;

mod admit;
mod edge;
mod gate;
mod in_flight;
mod json_len;
mod oauth;
mod tokens;

pub mod answer;
pub mod call;
pub mod connector;
pub mod parameters;
pub mod schema;
pub mod tool_error;
pub mod verdict;

pub mod audit;
pub mod aws;
pub mod clock;
pub mod config;
pub mod http_client;
pub mod identity;
pub mod limit;
pub mod memory;
pub mod seal;
pub mod store;
pub mod telemetry;
pub mod token_cache;
pub mod upstream;
pub mod usage;

pub use answer::{Answer, Page, Summary};
pub use audit::Decision;
pub use call::Call;
pub use connector::{Connector, Platform};
pub use gate::surface;
pub use parameters::Parameters;
pub use run::{application, run};
pub use serve::{Invocation, serve_on};
pub use tool_error::ToolError;
