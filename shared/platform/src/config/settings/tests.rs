use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    Settings::from_vars(&Vars::from_pairs(pairs.iter().copied()))
}

#[test]
fn a_laptop_needs_no_setting() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.base_url, "http://127.0.0.1:8000");
    assert_eq!(settings.allowed_hosts, ["127.0.0.1"]);
    assert_eq!(settings.host, Host::Process);
}

#[test]
fn a_wrong_setting_stops_the_start_and_is_named() {
    let prod = ("ENVIRONMENT", "prod");
    let url = ("MCP_BASE_URL", "https://files.example.com");
    for (pairs, variable) in [
        (&[("ENVIRONMENT", "production")][..], "ENVIRONMENT"),
        (&[prod], "MCP_BASE_URL"),
        (&[prod, ("MCP_BASE_URL", "http://files.example.com")], "MCP_BASE_URL"),
        (&[prod, ("MCP_BASE_URL", "http://127.0.0.1:8000")], "MCP_BASE_URL"),
        (&[("MCP_BASE_URL", "https://files.example.com/")], "MCP_BASE_URL"),
        (&[("MCP_BASE_URL", "https://u:p@files.example.com")], "MCP_BASE_URL"),
        (&[("LISTEN_ADDR", "8000")], "LISTEN_ADDR"),
        (&[("MCP_SERVER_ALLOWED_ORIGINS", "app.example.com")], "MCP_SERVER_ALLOWED_ORIGINS"),
        (&[("MCP_SERVER_AUTH_MODES", "direct,magic")], "MCP_SERVER_AUTH_MODES"),
        (&[("MCP_SERVER_AUTH_MODES", ",")], "MCP_SERVER_AUTH_MODES"),
        (&[("MCP_SERVER_ALLOWED_HOSTS", "https://files.example.com")], "MCP_SERVER_ALLOWED_HOSTS"),
        (&[("MCP_SERVER_ALLOWED_HOSTS", "*.example.com")], "MCP_SERVER_ALLOWED_HOSTS"),
        (&[("MCP_SERVER_ALLOWED_HOSTS", "u@files.example.com")], "MCP_SERVER_ALLOWED_HOSTS"),
        (&[("MCP_SERVER_ALLOWED_HOSTS", ",")], "MCP_SERVER_ALLOWED_HOSTS"),
        (
            &[("ENABLE_OAUTH", "false"), ("MCP_SERVER_ALLOWED_HOSTS", "localhost,evil.example")],
            "MCP_SERVER_ALLOWED_HOSTS",
        ),
        (&[("ENABLE_OAUTH", "no")], "ENABLE_OAUTH"),
        (&[prod, url, ("ENABLE_OAUTH", "false")], "ENABLE_OAUTH"),
        (&[("ENABLE_OAUTH", "false"), ("LISTEN_ADDR", "0.0.0.0:8000")], "ENABLE_OAUTH"),
        (
            &[("ENABLE_OAUTH", "false"), ("MCP_BASE_URL", "https://files.example.com")],
            "ENABLE_OAUTH",
        ),
        (
            &[("ENABLE_OAUTH", "false"), ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")],
            "ENABLE_OAUTH",
        ),
        (
            &[
                ("ENABLE_OAUTH", "false"),
                ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4"),
            ],
            "ENABLE_OAUTH",
        ),
    ] {
        assert_eq!(read(pairs).unwrap_err().variable, variable, "for {pairs:?}");
    }
}

#[test]
fn hosts_may_be_names_and_addresses_with_and_without_a_port() {
    let hosts = "sharepoint.localhost, 127.0.0.1:8101 [::1]:8000 localhost";
    for oauth in ["true", "false"] {
        let pairs = [("MCP_SERVER_ALLOWED_HOSTS", hosts), ("ENABLE_OAUTH", oauth)];
        assert_eq!(read(&pairs).unwrap().allowed_hosts.len(), 4);
    }
}

#[test]
fn both_ways_in_are_open_unless_one_is_named() {
    let modes = |text: Option<&str>| {
        let pairs: Vec<_> = text.map(|text| ("MCP_SERVER_AUTH_MODES", text)).into_iter().collect();
        read(&pairs).unwrap().sign_in
    };
    let is = |direct, proxy| SignIn::OAuth(Modes { direct, proxy });
    assert_eq!(modes(None), is(true, true));
    assert_eq!(modes(Some("proxy,direct")), is(true, true));
    assert_eq!(modes(Some("direct")), is(true, false));
    assert_eq!(modes(Some("proxy")), is(false, true));
}

#[test]
fn signing_in_can_be_switched_off_on_a_laptop_only() {
    assert_eq!(read(&[("ENABLE_OAUTH", "false")]).unwrap().sign_in, SignIn::Debug);
}
