//! What must not stand in a tracked file, wherever it is.

use crate::Repository;

/// Hosts of package registries: a lock file or a setting that names one leaks a machine's setup.
const REGISTRIES: [&str; 6] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("jfrog", ".io"),
    concat!("/arti", "factory/"),
];
/// Paths that exist on somebody's machine only.
const MACHINE_PATHS: [&str; 6] = [
    // Graph has a `root` of its own: the folder of a drive.
    concat!("/ro", "ot/."),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/wt"),
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/ho", "me/"),
];
/// Names of the company whose platform this is; its hosts come from settings.
const COMPANY: [&str; 2] = [concat!("novo-", "genai"), concat!("novo", "nordisk")];
/// Folders beside the repository that only tests may look into, where they are present.
const BESIDE: [&str; 4] = [
    concat!("../", "shared/graph/"),
    concat!("../", "shared/design"),
    concat!("../", "shared/seeds"),
    concat!("../", "shared/hooks"),
];
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn lines_with(path: &str, text: &str, needles: &[&str], advice: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(needle) = needles.iter().find(|needle| line.contains(**needle)) {
            problems.push(format!("{path}:{number}: `{needle}`: {advice}"));
        }
    }
    problems
}

/// No registry's host and no path of a machine.
pub fn nothing_of_a_machine_is_tracked(repository: &Repository) -> Vec<String> {
    let needles: Vec<_> = REGISTRIES.iter().chain(&MACHINE_PATHS).copied().collect();
    let advice = "take it out; it is true on one machine only";
    repository.files().flat_map(|(path, text)| lines_with(path, text, &needles, advice)).collect()
}

/// Hosts of the company come from settings, so that another company can run this.
pub fn no_company_host_is_in_code(repository: &Repository) -> Vec<String> {
    let advice = "read it from a setting; tests use the demo company of tests/stand-ins";
    repository
        .ending(".rs")
        .flat_map(|(path, text)| lines_with(path, &text.to_ascii_lowercase(), &COMPANY, advice))
        .collect()
}

/// What ships does not read what lies beside the repository.
pub fn product_code_stays_inside(repository: &Repository) -> Vec<String> {
    let advice = "only tests may look there, and they say so when it is absent";
    let code = repository.product_code();
    code.flat_map(|(path, text)| lines_with(path, text, &BESIDE, advice)).collect()
}

/// Every locked crate comes from crates.io.
pub fn locked_crates_come_from_crates_io(repository: &Repository) -> Vec<String> {
    let lock = repository.text("Cargo.lock").unwrap_or_default();
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(lock.lines()) {
        if let Some(source) = line.strip_prefix("source = ")
            && source.trim_matches('"') != CRATES_IO
        {
            problems.push(format!(
                "Cargo.lock:{number}: a crate comes from elsewhere; take one from crates.io"
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_one_machine_is_found_in_any_file() {
        for needle in REGISTRIES.iter().chain(&MACHINE_PATHS) {
            let text = format!("first\nsee {needle}x\n");
            let problems = nothing_of_a_machine_is_tracked(&Repository::of(&[("a.json", &text)]));
            assert_eq!(problems.len(), 1, "{needle}");
            assert!(problems[0].starts_with("a.json:2:"), "{problems:?}");
        }
        let text = "see https://crates.io/crates/serde, ~/x and /drive/root/children";
        let fine = Repository::of(&[("a.md", text)]);
        assert!(nothing_of_a_machine_is_tracked(&fine).is_empty());
    }

    #[test]
    fn a_company_host_is_found_in_code_whatever_its_case_and_not_in_settings() {
        let text = format!("//! https://x.{}.com", COMPANY[0].to_uppercase());
        let repository = Repository::of(&[("a.rs", &text), ("infra/dev.tfvars", &text)]);
        let problems = no_company_host_is_in_code(&repository);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("a.rs:1:"), "{problems:?}");
    }

    #[test]
    fn code_that_looks_outside_is_found_and_tests_may() {
        let text = format!("let path = \"../../{}contract.json\";", BESIDE[0]);
        let repository = Repository::of(&[
            ("shared/graph/src/lib.rs", &text),
            ("shared/graph/src/model/tests.rs", &text),
        ]);
        assert_eq!(product_code_stays_inside(&repository).len(), 1);
    }

    #[test]
    fn a_crate_from_elsewhere_is_found() {
        let lock = format!("source = \"{CRATES_IO}\"\nsource = \"git+https://example.com/x\"\n");
        let problems = locked_crates_come_from_crates_io(&Repository::of(&[("Cargo.lock", &lock)]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("Cargo.lock:2:"), "{problems:?}");
    }
}
