//! The settings of a connector that anyone on this machine may call: the suite sends no token.

use std::path::Path;

use platform::config::Vars;

/// The settings for this loopback port, with audit records in this directory.
pub fn settings(port: u16, audit: &Path) -> Vars {
    let host = format!("127.0.0.1:{port}");
    let origin = format!("http://{host}");
    let hosts = format!("{host},localhost:{port}");
    let origins = format!("{origin},http://localhost:{port}");
    let audit = audit.to_string_lossy();
    Vars::from_pairs([
        ("ENABLE_OAUTH", "false"),
        ("GRAPH_DEBUG_TOKEN", "opens-nothing"),
        ("LISTEN_ADDR", host.as_str()),
        ("MCP_BASE_URL", origin.as_str()),
        ("MCP_SERVER_ALLOWED_HOSTS", hosts.as_str()),
        ("MCP_SERVER_ALLOWED_ORIGINS", origins.as_str()),
        ("MCP_SERVER_RATE_LIMIT_RPM", "0"),
        ("AUDIT_TYPE", "file"),
        ("AUDIT_FILE_DIRECTORY", &audit),
        ("LOG_LEVEL", "warn"),
    ])
}
