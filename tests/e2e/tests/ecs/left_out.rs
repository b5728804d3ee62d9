//! `left-to-functions.json`: what is not told with tasks, and why. What stands there must exist.

use e2e::repository;
use serde_json::Value;

#[test]
fn every_story_that_is_left_out_exists_and_says_why() {
    let folder = repository().join("tests/e2e");
    let list = std::fs::read_to_string(folder.join("left-to-functions.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    for (program, stories) in list.as_object().unwrap() {
        for (story, why) in stories.as_object().unwrap() {
            let (module, name) = story.rsplit_once("::").unwrap();
            let file = format!("tests/{program}/{}.rs", module.replace("::", "/"));
            let text = std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
            assert!(text.contains(&format!("fn {name}()")), "{story} is not in {file}");
            assert!(why.as_str().is_some_and(|why| why.len() > 10), "{story}: say why");
        }
    }
}
