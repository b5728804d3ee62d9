//! The tests that lie beside the modules (`tests/*.tftest.hcl`), with a provider that makes values up.

use deployment::terraform::{Connectors, MODULES, Root};

use crate::workspace;

#[test]
fn the_tests_beside_main_and_its_modules_pass() {
    let Some(workspace) = workspace(Connectors::Listed) else { return };
    let mut passed = 0;
    for root in std::iter::once(Root::Main).chain(MODULES.map(Root::Module)) {
        if !workspace.path(root).join("tests").is_dir() {
            continue;
        }
        workspace.init(root).unwrap();
        let said = workspace.run(root, &["test"]).unwrap();
        assert!(said.contains(" 0 failed"), "{root:?}: {said}");
        passed += said.lines().filter(|line| line.trim_end().ends_with("... pass")).count();
    }
    assert!(passed > 20, "only {passed} runs");
}
