//! What is not rendered, and what the refusal says.

use std::collections::BTreeMap;

use deployment::task_definition::{Image, TaskDefinition, Wanted};

const BASE: &str = "
family: mcp-mail
cpu: '512'
containerDefinitions:
  - name: mcp-mail
    essential: true
    environment: [{ name: LOG_LEVEL, value: info }]
";
const OWN: &str = "
containerDefinitions:
  - name: mcp-mail
    image: registry.example/mcp-mail:${COMMIT}
    secrets: [{ name: STORAGE_ENCRYPTION_KEYS, valueFrom: /keys }]
";
const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn render(base: &str, own: &str, image: Option<&str>) -> anyhow::Result<TaskDefinition> {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("functions/mail/ecs");
    std::fs::create_dir_all(folder.join("env")).unwrap();
    std::fs::write(folder.join("task-definition.base.yml"), base).unwrap();
    std::fs::write(folder.join("env/dev.yml"), own).unwrap();
    let image: Option<Image> = image.map(|image| image.parse().unwrap());
    let values = match image {
        Some(_) => BTreeMap::new(),
        None => BTreeMap::from([("COMMIT".to_owned(), "abc".to_owned())]),
    };
    TaskDefinition::render(&Wanted {
        repository: root.path(),
        connector: "mail",
        environment: "dev",
        image: image.as_ref(),
        values: &values,
    })
}

#[test]
fn what_is_whole_is_rendered_with_the_image_of_the_files_or_of_the_deployment() {
    let by_tag = render(BASE, OWN, None).unwrap();
    assert_eq!(by_tag.container()["image"], "registry.example/mcp-mail:abc");
    let pinned = format!("registry.example/mcp-mail@{DIGEST}");
    let by_digest = render(BASE, OWN, Some(&pinned)).unwrap();
    assert_eq!(by_digest.container()["image"], pinned);
}

#[test]
fn each_mistake_is_refused_with_its_file_and_its_place() {
    let base = |from: &str, to: &str| (BASE.replacen(from, to, 1), OWN.to_owned());
    let own = |from: &str, to: &str| (BASE.to_owned(), OWN.replacen(from, to, 1));
    for ((base, own), expected) in [
        (base("cpu:", "cpus:"), &["task-definition.base.yml", "cpus", "no such key"][..]),
        (own("image:", "img:"), &["env/dev.yml", "containerDefinitions.mcp-mail.img"]),
        (base("essential: true", "essential: 'yes'"), &["essential", "boolean"]),
        (base("cpu: '512'", "cpu: 512"), &["cpu", "quotes"]),
        (base("value: info", "value: 60"), &["environment.LOG_LEVEL.value", "quotes"]),
        (base("value: info", "value: ''"), &["environment.LOG_LEVEL.value", "has no value"]),
        (base("value: info", "value:"), &["environment.LOG_LEVEL.value", "has no value"]),
        (base(", value: info", ""), &["environment.LOG_LEVEL.value", "is missing"]),
        (base("family: mcp-mail", "family:"), &["family", "has no value"]),
        (base("family: mcp-mail", ""), &["the merged task definition", "family", "is missing"]),
        (base("cpu: '512'", "networkMode: vpc"), &["networkMode", "awsvpc"]),
        (base("cpu: '512'", "placementConstraints: {}"), &["placementConstraints", "a list"]),
        (base("cpu: '512'", "runtimePlatform: x"), &["runtimePlatform", "a map"]),
        (base("cpu: '512'", "cpu: '512'\ncpu: '256'"), &["task-definition.base.yml", "duplicate"]),
        (own("${COMMIT}", "${COMMIT}-${BUILD}"), &["mcp-mail.image", "${BUILD}"]),
        (own("name: mcp-mail\n", "name: mcp-mial\n"), &["mcp-ma", "image: is missing"]),
        (own(", valueFrom: /keys", ""), &["secrets.STORAGE_ENCRYPTION_KEYS.valueFrom", "missing"]),
        (own("STORAGE_ENCRYPTION_KEYS", "LOG_LEVEL"), &["LOG_LEVEL", "in secrets"]),
        (
            base("[{ name", "[{ name: LOG_LEVEL, value: debug }, { name"),
            &["environment", "LOG_LEVEL is there twice"],
        ),
        (base("family", "- family"), &["task-definition.base.yml"]),
    ] {
        let refusal = format!("{:#}", render(&base, &own, None).unwrap_err());
        for word in expected {
            assert!(refusal.contains(word), "{word:?} in: {refusal}\n{base}{own}");
        }
        assert!(!refusal.is_empty());
    }
}

#[test]
fn an_image_that_may_become_another_one_is_refused() {
    for text in [
        "registry.example/mcp-mail:latest",
        "registry.example/mcp-mail@sha256:0123",
        "registry.example/mcp-mail@sha512:0123456789abcdef",
        "",
        "latest",
    ] {
        let refusal = text.parse::<Image>().unwrap_err();
        assert!(refusal.contains("REPOSITORY@sha256:"), "{refusal}");
    }
    let own_place = format!("${{REGISTRY}}/mcp-mail@{DIGEST}");
    assert!(own_place.parse::<Image>().is_err() && format!("@{DIGEST}").parse::<Image>().is_err());
}

#[test]
fn an_environment_that_has_no_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    let values = BTreeMap::new();
    let wanted = Wanted {
        repository: root.path(),
        connector: "mail",
        environment: "dev",
        image: None,
        values: &values,
    };
    let refusal = format!("{:#}", TaskDefinition::render(&wanted).unwrap_err());
    assert!(refusal.contains("functions/mail/ecs/task-definition.base.yml"), "{refusal}");
}
