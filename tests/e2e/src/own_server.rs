//! The connector as the authorization server of its assistants, at the address it says it has.

use std::net::{Ipv4Addr, TcpListener};

use crate::{Company, Connector, Environment, Flavour, HOST};

/// A connector in proxy mode: what it prints leads to where it listens.
pub async fn own_server(
    company: &Company,
    change: impl FnOnce(Environment) -> Environment,
) -> Connector<'_> {
    own_server_at(free_port(), company, change).await
}

/// The same, on this port.
pub async fn own_server_at(
    port: u16,
    company: &Company,
    change: impl FnOnce(Environment) -> Environment,
) -> Connector<'_> {
    Connector::start(company, Flavour::Server, |usual| change(at(port, usual))).await
}

/// The same as a function, whose load balancer listens on this port.
pub async fn own_function(
    port: u16,
    company: &Company,
    change: impl FnOnce(Environment) -> Environment,
) -> Connector<'_> {
    Connector::start(company, Flavour::Function, |usual| change(at(port, usual))).await
}

fn at(port: u16, usual: Environment) -> Environment {
    usual
        .with("MCP_SERVER_AUTH_MODES", "proxy")
        .with("LISTEN_ADDR", format!("127.0.0.1:{port}"))
        .with("MCP_BASE_URL", format!("http://127.0.0.1:{port}"))
        // Stories that send bytes of their own name the usual host.
        .with("MCP_SERVER_ALLOWED_HOSTS", format!("127.0.0.1:{port},{HOST}"))
}

/// The address an assistant is given.
pub fn mcp_address(connector: &Connector<'_>) -> String {
    format!("{}/mcp", connector.environment.get("MCP_BASE_URL"))
}

/// A port that nobody listens on at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
