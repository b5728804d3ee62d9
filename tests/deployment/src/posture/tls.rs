//! What is said in the clear.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

use super::{Checks, Look};
use crate::policies::statements;

pub(super) const CHECKS: Checks = &[
    ("the balancer speaks TLS 1.3 and nothing older", versions),
    ("browsers are told to come by TLS only", strict_transport),
    ("the certificate is for our hosts and proven by DNS", certificate),
    ("nothing but the redirect speaks plain HTTP", plain),
    ("buckets refuse plain HTTP", buckets),
];

/// The policies of AWS that allow TLS 1.3 only.
const ONLY_1_3: [&str; 3] = [
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
];
const YEAR_S: u64 = 31_536_000;

fn versions(look: &mut Look<'_>) {
    for listener in look.every("aws_lb_listener").iter().filter(|one| *one.at("/port") == 443) {
        let policy = listener.text("/ssl_policy");
        look.holds(&listener.place, ONLY_1_3.contains(&policy), &format!("it takes {policy:?}"));
    }
}

fn strict_transport(look: &mut Look<'_>) {
    const HEADER: &str = "/routing_http_response_strict_transport_security_header_value";
    for listener in look.every("aws_lb_listener").iter().filter(|one| *one.at("/port") == 443) {
        let header = listener.text(HEADER);
        let age = header.split(';').find_map(|part| part.trim().strip_prefix("max-age="));
        let age = age.and_then(|age| age.parse::<u64>().ok()).unwrap_or_default();
        look.holds(&listener.place, age >= YEAR_S, &format!("it says {header:?}"));
    }
}

fn certificate(look: &mut Look<'_>) {
    let wanted = format!("*.{}", look.deployment.zone());
    let certificates = look.every("aws_acm_certificate");
    for certificate in &certificates {
        look.same(certificate, "/validation_method", "DNS");
        look.same(certificate, "/domain_name", wanted.as_str());
    }
    let known: Vec<_> = certificates.iter().map(|one| one.text("/arn")).collect();
    for listener in look.every("aws_lb_listener").iter().filter(|one| *one.at("/port") == 443) {
        let own = known.contains(&listener.text("/certificate_arn"));
        look.holds(&listener.place, own, "it shows another certificate");
    }
}

fn plain(look: &mut Look<'_>) {
    for listener in look.every("aws_lb_listener") {
        let redirects = listener.text("/default_action/0/type") == "redirect";
        let safe = listener.text("/protocol") == "HTTPS" || redirects;
        look.holds(&listener.place, safe, "it answers without TLS");
    }
    for (_, place, settings) in look.deployment.settings() {
        look.note(place.clone());
        for (name, value) in settings {
            let fault = format!("{name} is {value}");
            look.holds(&place, !value.starts_with("http://"), &fault);
        }
    }
}

fn buckets(look: &mut Look<'_>) {
    let (all, _) = statements(&look.deployment.resources);
    for bucket in look.every("aws_s3_bucket") {
        let Some(policy) = look.about("aws_s3_bucket_policy", "/bucket", &bucket) else { continue };
        let arn = bucket.text("/arn");
        let refuses = all.iter().any(|statement| {
            let conditions = &statement.conditions["Bool"]["aws:SecureTransport"];
            let plain = *conditions == "false" || conditions[0] == "false";
            statement.address == policy.place
                && !statement.allows
                && plain
                && statement.actions == ["s3:*"]
                && statement.principals.iter().any(|who| who == "AWS: *" || who == "*")
                && [arn.to_owned(), format!("{arn}/*")]
                    .iter()
                    .all(|one| statement.resources.contains(one))
        });
        look.holds(&policy.place, refuses && !arn.is_empty(), "it takes plain HTTP");
    }
}
