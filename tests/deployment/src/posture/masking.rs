//! What logs do not hold: by their level, by what is blacked out, and by tests of the program.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

use serde_json::Value;

use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("programs log no more than they need", levels),
    ("the firewall's log holds no token, cookie or code", firewall),
    ("the balancer's log, which cannot be masked, is soon gone", balancer),
    ("tests prove that the program masks", proofs),
];

/// The tests that prove that no log line and no audit record holds what it must not.
pub(super) const PROOFS: &[(&str, &[&str])] = &[
    (
        "tests/e2e/tests/sharepoint/logs.rs",
        &[
            "the_most_talkative_log_holds_no_secret_and_no_content",
            "every_line_is_json_with_a_level_and_a_time",
        ],
    ),
    (
        "tests/e2e/tests/sharepoint/attacks/exchange.rs",
        &[
            "row_54_what_entra_writes_is_neither_passed_on_nor_logged",
            "a_kept_token_serves_the_next_process_and_is_never_readable",
        ],
    ),
    (
        "tests/e2e/tests/sign_in/callback.rs",
        &["row_78_what_entra_writes_reaches_neither_the_client_nor_the_log"],
    ),
];

fn levels(look: &mut Look<'_>) {
    const QUIET: [&str; 3] = ["error", "warn", "info"];
    for (_, place, settings) in look.deployment.settings() {
        look.note(place.clone());
        let level = settings.get("LOG_LEVEL").map(String::as_str).unwrap_or_default();
        let fault = format!("LOG_LEVEL is {level:?}");
        look.holds(&place, QUIET.contains(&level), &fault);
    }
    for function in look.in_stacks("AWS::Lambda::Function") {
        look.same(&function, "/LoggingConfig/LogFormat", "JSON");
        look.same(&function, "/LoggingConfig/ApplicationLogLevel", "INFO");
    }
}

fn firewall(look: &mut Look<'_>) {
    for log in look.every("aws_wafv2_web_acl_logging_configuration") {
        let fields = log.list("/redacted_fields");
        for header in ["authorization", "cookie"] {
            let black = fields.iter().any(|field| field["single_header"][0]["name"] == header);
            look.holds(&log.place, black, &format!("it shows the header {header}"));
        }
        let black = fields.iter().any(|field| field["query_string"][0].is_object());
        look.holds(&log.place, black, "it shows queries, which hold authorization codes");
    }
    // Samples are whole requests, for everybody who may see the console.
    for wall in look.every("aws_wafv2_web_acl") {
        let rules = wall.list("/rule").iter().map(|rule| &rule["visibility_config"][0]);
        let all: Vec<_> = rules.chain([wall.at("/visibility_config/0")]).collect();
        let none = all.iter().all(|seen| seen["sampled_requests_enabled"] == Value::Bool(false));
        look.holds(&wall.place, none, "it keeps samples of requests, with their tokens");
    }
}

fn balancer(look: &mut Look<'_>) {
    const LONGEST_DAYS: u64 = 90;
    for balancer in look.every("aws_lb") {
        let name = balancer.text("/access_logs/0/bucket");
        let all = look.any("aws_s3_bucket_lifecycle_configuration");
        let own = all.iter().find(|one| one.text("/bucket") == name && !name.is_empty());
        let days = own.and_then(|one| {
            let rules = one.list("/rule").iter();
            let whole = rules.filter(|rule| rule["status"] == "Enabled");
            whole.filter_map(|rule| rule["expiration"][0]["days"].as_u64()).min()
        });
        let soon = days.is_some_and(|days| (1..=LONGEST_DAYS).contains(&days));
        let fault = "the bucket of its logs keeps them longer than 90 days";
        look.holds(&balancer.place, soon, fault);
    }
}

fn proofs(look: &mut Look<'_>) {
    for (path, names) in PROOFS {
        let text = look.deployment.tests.get(*path).map(String::as_str).unwrap_or_default();
        for name in *names {
            let place = format!("{path}: {name}");
            look.note(place.clone());
            look.holds(&place, is_test(text, name), "there is no such test any more");
        }
    }
}

/// Whether a text of Rust has a test of this name.
fn is_test(text: &str, name: &str) -> bool {
    let start = format!("fn {name}(");
    let mut before = text.lines().zip(text.lines().skip(1));
    before.any(|(attribute, line)| {
        line.trim_start().trim_start_matches("async ").starts_with(&start)
            && (attribute.starts_with("#[test]") || attribute.starts_with("#[tokio::test"))
    })
}
