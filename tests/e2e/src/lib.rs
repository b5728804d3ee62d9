//! What the stories of `tests/` are told with: a [`Company`] (Entra and Graph on loopback),
//! a [`Connector`] (the real program, as a function behind the local load balancer, as a server, or as a task of ECS),
//! and [`Client`]s that speak to it as a person's assistant does.
//!
//! A connector that is started must be [finished](Connector::finish): that is where it is checked
//! that nothing secret was written anywhere, and where it ends.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "every caller is a test, and a test ends where its story breaks"
)]

mod aws;
mod canaries;
mod certificate;
mod client;
mod company;
mod connector;
mod environment;
mod foreign;
mod http;
mod moto;
mod oauth;
mod output;
mod own_server;
mod process;
mod program;
mod running;
mod task;
mod tenant;
mod wait;

pub use aws::{AwsStub, Trouble};
pub use canaries::Canaries;
pub use certificate::Certificate;
pub use client::{Answer, Client, Era};
pub use company::Company;
pub use connector::{Connector, Flavour, HOST, NAME};
pub use environment::Environment;
pub use foreign::{Engine, Foreign};
pub use http::{Reply, Request, exchange};
pub use moto::Moto;
pub use oauth::{browser, challenge, http, post_form};
pub use own_server::{free_port, mcp_address, own_function, own_server, own_server_at};
pub use program::{Ended, connector_program, repository, run};
pub use task::{Root, can_write, no_tasks_here, task_definition, with_tasks};
pub use tenant::{ASSISTANT_REDIRECT, ForeignTenant, TenantPlan};
pub use wait::{PATIENCE, until};
