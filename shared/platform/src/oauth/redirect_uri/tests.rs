use proptest::prelude::*;

use super::*;
use crate::config::Vars;

fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

fn rules(setting: &str) -> RedirectRules {
    RedirectRules::from_vars(&Vars::from_pairs([("MCP_SERVER_REDIRECT_URIS", setting)])).unwrap()
}

#[test]
fn redirect_uris_of_known_clients_are_taken() {
    let rules = rules("");
    for text in [
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://chatgpt.com/connector_platform_oauth_redirect",
        "https://chatgpt.com/connector/oauth/a1B2_c3",
        "https://vscode.dev/redirect",
        "https://insiders.vscode.dev/redirect",
        "vscode://dynamicauthprovider/sharepoint.example.com/authorize?nonce=a%3Db",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "http://localhost:8787/callback",
        "http://localhost/",
        "http://127.0.0.1:33418/",
        "http://127.0.0.1:33418",
        "http://127.0.0.1:80/cb",
        "http://[::1]:5000/cb?x=1",
    ] {
        assert!(rules.allow(&uri(text)), "{text}");
    }
    for text in [
        "https://evil.example/cb",
        "https://claude.ai/api/mcp/auth_callback/x",
        "https://claude.ai/api/mcp/auth_callback?x=1",
        "https://claude.ai:8443/api/mcp/auth_callback",
        "https://chatgpt.com/connector/oauthx/a",
        "https://chatgpt.com/connector/oauth",
        "https://chatgpt.com:444/connector/oauth/a",
        "https://chatgpt.com.evil.example/connector/oauth/a",
        "http://127.0.0.2:5000/cb",
        "other://anysphere.cursor-mcp/oauth/callback",
        "https://127.0.0.1/cb",
    ] {
        assert!(!rules.allow(&uri(text)), "{text}");
    }
}

#[test]
fn row_60_what_a_browser_would_rewrite_is_no_redirect_uri() {
    for text in [
        "https://host.example/a/../b",
        "https://host.example/a/./b",
        "https://host.example/a/..",
        "https://host.example/a/%2e%2e/b",
        "https://host.example/a/.%2E/b",
        "https://host.example/a/%2e./b",
        "https://host.example/a/..%2fb",
        "https://host.example/a%2Fb",
        "https://host.example/a/%252e%252e/b",
        "https://host.example/a/..;/b",
        "https://host.example/a%5c..%5cb",
        "https://host.example/a%00",
        "https://host.example/a?x=%0d%0aSet-Cookie:x",
        "https://host.example/a%zz",
        "https://host.example/a%",
        "https://localhost@evil.example/cb",
        "http://localhost:80@evil.example/cb",
        "https://user:password@host.example/cb",
        "https://host.example/cb#fragment",
        "https://host.example/cb#",
        "https://host.example\\@evil.example/cb",
        "https:\\\\host.example/cb",
        "https:/host.example/cb",
        "https:host.example/cb",
        "https:///host.example/cb",
        "https://h\u{f6}st.example/cb",
        "https://cl\u{430}ude.ai/api/mcp/auth_callback",
        "https://xn--clude-4ve.ai/api/mcp/auth_callback",
        "https://host\u{3002}example/cb",
        "https://HOST.example/cb",
        "HTTPS://host.example/cb",
        "Https://host.example/cb",
        "https://host.example./cb",
        "https://host%2eexample/cb",
        "https://host.example:0443/cb",
        "https://host.example:0/cb",
        "https://host.example:/cb",
        "https://host.example:65536/cb",
        "https://host.example:+1/cb",
        "https://",
        "https://?x",
        "https://2130706433/cb",
        "https://0x7f.1/cb",
        " https://host.example/cb",
        "https://host.example/cb\n",
        "https://host.example/c\tb",
        "https://host.example/\u{202e}cb",
        "https://host.example/a b",
        "https://host.example/<b>",
        "//host.example/cb",
        "/cb",
        "",
    ] {
        assert!(RedirectUri::parse(text).is_err(), "{text:?}");
    }
    let long = format!("https://host.example/{}", "a".repeat(2048));
    assert_eq!(RedirectUri::parse(&long), Err(RedirectProblem::TooLong));
}

#[test]
fn row_60_another_host_path_or_port_is_another_redirect_uri() {
    let registered = uri("https://host.example/cb");
    assert!(registered.allows(&uri("https://host.example/cb")));
    for text in [
        "https://other.example/cb",
        "https://host.example.evil.example/cb",
        "https://host.example/cb/more",
        "https://host.example/cbx",
        "https://host.example/cb?x=1",
        "https://host.example/CB",
        "https://host.example:444/cb",
        "https://host.example:443/cb",
        "http://localhost/cb",
    ] {
        assert!(!registered.allows(&uri(text)), "{text}");
    }
}

#[test]
fn row_61_loopback_has_any_port_and_each_of_its_names_is_its_own() {
    let v4 = uri("http://127.0.0.1:1234/cb");
    assert!(v4.allows(&uri("http://127.0.0.1:5678/cb")));
    assert!(v4.allows(&uri("http://127.0.0.1/cb")));
    for other in [
        "http://127.0.0.2:1234/cb",
        "http://[::1]:1234/cb",
        "http://localhost:1234/cb",
        "http://127.0.0.1:1234/cb2",
        "http://127.0.0.1:1234/cb?x=1",
        "https://127.0.0.1:1234/cb",
    ] {
        assert!(!v4.allows(&uri(other)), "{other}");
        assert!(uri(other).allows(&uri(other)), "{other}");
    }
    assert!(uri("http://[::1]/cb").allows(&uri("http://[::1]:9/cb")));
    assert!(uri("http://localhost/").allows(&uri("http://localhost:9")));
    assert!(!uri("http://127.0.0.2/cb").allows(&uri("http://127.0.0.2:9/cb")));
    for refused in [
        "http://localhost.evil.com/cb",
        "http://localhost.evil.com:1234/cb",
        "http://127.0.0.1.evil.com/cb",
        "http://127.1/cb",
        "http://0.0.0.0/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://host.example/cb",
        "http://169.254.169.254/cb",
    ] {
        assert!(RedirectUri::parse(refused).is_err(), "{refused}");
    }
}

#[test]
fn row_62_schemes_that_do_not_lead_to_an_application_are_refused() {
    for scheme in REFUSED_SCHEMES {
        for text in [
            format!("{scheme}:alert(1)"),
            format!("{scheme}://host/cb"),
            format!("{scheme}:/cb"),
            format!("{}:alert(1)", scheme.to_uppercase()),
            format!(" {scheme}:alert(1)"),
        ] {
            assert!(RedirectUri::parse(&text).is_err(), "{text}");
        }
    }
    for text in ["java\tscript:alert(1)", "JavaScript://x/%0aalert(1)", "tel:112", "urn:a:b"] {
        assert!(RedirectUri::parse(text).is_err(), "{text}");
    }
    assert!(!uri("com.example.app:/oauth").is_web());
}

#[test]
fn an_entry_of_the_allow_list_is_a_uri_or_everything_below_a_path() {
    let rules = rules("https://a.example/cb, https://b.example/in/*,http://127.0.0.2/*,app://x/cb");
    for text in [
        "https://a.example/cb",
        "https://b.example/in/",
        "https://b.example/in/here/deep?x=1",
        "http://127.0.0.2:77/any",
        "app://x/cb",
    ] {
        assert!(rules.allow(&uri(text)), "{text}");
    }
    for text in [
        "https://b.example/in",
        "https://b.example/inside",
        "https://b.example:1/in/x",
        "http://127.0.0.1:77/any",
        "app://x/cb2",
        "https://claude.ai/api/mcp/auth_callback",
    ] {
        assert!(!rules.allow(&uri(text)), "{text}");
    }
}

#[test]
fn an_allow_list_that_cannot_be_meant_stops_the_start() {
    for setting in [
        "*",
        "https://*",
        "https://*/cb",
        "https://*.example/cb",
        "https://a.example/*/cb",
        "https://a.example/cb*",
        "https://a.example/cb?x=/*",
        "http://a.example/*",
        "app:/*",
        "javascript:alert(1)",
        "a.example",
        ",",
    ] {
        let vars = Vars::from_pairs([("MCP_SERVER_REDIRECT_URIS", setting)]);
        let error = RedirectRules::from_vars(&vars).unwrap_err();
        assert_eq!(error.variable, "MCP_SERVER_REDIRECT_URIS", "{setting}");
    }
}

proptest! {
    #[test]
    fn what_is_taken_is_what_a_browser_follows(text in r"[a-zA-Z:/?#@%.\\0-9\[\]\-_;=~ é]{0,40}") {
        if let Ok(uri) = RedirectUri::parse(&text) {
            prop_assert!(uri.is_canonical());
            prop_assert!(uri.allows(&uri));
            let url = Url::parse(&text).unwrap();
            prop_assert!(url.username().is_empty() && url.fragment().is_none());
        }
    }

    #[test]
    fn nothing_escapes_below_a_path(tail in r"([a-z./\\%;?@:#]|%2e|%2F|\.\./){0,12}") {
        let rules = rules("https://host.example/in/*");
        let text = format!("https://host.example/in/{tail}");
        if let Ok(uri) = RedirectUri::parse(&text) {
            prop_assert!(rules.allow(&uri));
            let url = Url::parse(&text).unwrap();
            prop_assert_eq!(url.host_str(), Some("host.example"));
            prop_assert!(url.path().starts_with("/in/"), "{}", text);
        }
    }

    #[test]
    fn a_foreign_host_is_never_allowed(host in r"[a-z0-9.@:\\/-]{1,20}") {
        let rules = rules("https://host.example/in/*, http://127.0.0.1/*");
        for scheme in ["https", "http"] {
            let text = format!("{scheme}://{host}/in/x");
            if let Ok(uri) = RedirectUri::parse(&text) && rules.allow(&uri) {
                let url = Url::parse(&text).unwrap();
                prop_assert!(["host.example", "127.0.0.1"].contains(&url.host_str().unwrap()));
            }
        }
    }
}
