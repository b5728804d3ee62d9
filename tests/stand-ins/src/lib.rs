//! Stand-ins for the services that the connectors talk to, on loopback.
//!
//! They speak the wire format of the real services and refuse what the real services refuse.
//! They know none of the connectors' own types.

pub mod alb;
pub mod browser;
pub mod company;
pub mod entra;
pub mod graph;
pub mod together;
