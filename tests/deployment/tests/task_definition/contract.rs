//! What the definitions of this repository say: names, hardening, settings and secrets.

use std::collections::BTreeSet;

use deployment::tools::repository;
use serde_json::{Value, json};

use crate::{COMMIT, all};

const REGION: &str = "eu-central-1";
/// Words in the name of a setting that make it a secret.
const SECRET_WORDS: [&str; 7] =
    ["SECRET", "TOKEN", "KEYS", "CERTIFICATE", "PASSWORD", "ACCESS_KEY", "ASSERTION"];

#[test]
fn everything_is_called_as_the_other_parts_of_the_platform_call_it() {
    for (name, definition, [env, account, _]) in all() {
        let (json, container) = (definition.json(), definition.container());
        assert_eq!(json["family"], format!("mcp-{name}"));
        let role = |kind: &str| format!("arn:aws:iam::{account}:role/mcp-{name}-{kind}-role");
        assert_eq!(json["executionRoleArn"], role("execution"), "{env}");
        assert_eq!(json["taskRoleArn"], role("task"), "{env}");
        assert_eq!(
            container["image"],
            format!("{account}.dkr.ecr.{REGION}.amazonaws.com/mcp-{name}:{COMMIT}")
        );
        let log = &container["logConfiguration"]["options"];
        assert_eq!(log["awslogs-group"], format!("/aiconnectors/{env}/{name}"));
        assert_eq!(log["awslogs-region"], REGION);
    }
}

#[test]
fn a_task_has_half_a_processor_and_can_write_nothing_but_tmp() {
    for (name, definition, _) in all() {
        let (json, container) = (definition.json(), definition.container());
        assert_eq!((&json["cpu"], &json["memory"]), (&json!("512"), &json!("1024")));
        assert_eq!(json["requiresCompatibilities"], json!(["FARGATE"]));
        assert_eq!(json["networkMode"], "awsvpc");
        assert_eq!(json["containerDefinitions"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(container["readonlyRootFilesystem"], true);
        assert_eq!(
            container["linuxParameters"]["tmpfs"],
            json!([{"containerPath": "/tmp", "size": 64, "mountOptions": ["rw", "noexec", "nosuid"]}])
        );
        assert_eq!(container["linuxParameters"]["capabilities"], json!({"drop": ["ALL"]}));
        assert_eq!(container["linuxParameters"]["initProcessEnabled"], true);
        let user = container["user"].as_str().unwrap();
        let ids: Vec<u32> = user.split(':').map(|id| id.parse().unwrap()).collect();
        assert!(ids.len() == 2 && ids.iter().all(|id| *id > 0), "{user}");
        assert!(container["stopTimeout"].as_u64().unwrap() > 25, "longer than requests may take");
        let ports = container["portMappings"].as_array().unwrap();
        assert_eq!(ports.iter().map(|port| &port["containerPort"]).collect::<Vec<_>>(), [8000]);
        // What Fargate refuses, or would open the container.
        for key in ["privileged", "dockerSecurityOptions", "links", "mountPoints", "hostname"] {
            assert!(container.get(key).is_none(), "{key}");
        }
        for key in ["volumes", "pidMode", "ipcMode", "placementConstraints"] {
            assert!(json.get(key).is_none(), "{key}");
        }
    }
}

#[test]
fn the_settings_are_those_of_a_deployed_connector() {
    for (name, definition, [env, _, host]) in all() {
        let settings = definition.environment();
        let expected = [
            ("ENVIRONMENT", env.to_owned()),
            ("STORAGE_TYPE", "dynamodb".to_owned()),
            ("STORAGE_DYNAMODB_TABLE_NAME", format!("mcp-oauth-storage-mcp-{name}-{env}")),
            ("STORAGE_DYNAMODB_REGION", REGION.to_owned()),
            ("CACHE_TYPE", "dynamodb".to_owned()),
            ("CACHE_DYNAMODB_TABLE_NAME", format!("cache-mcp-{name}-{env}")),
            ("AUDIT_TYPE", "firehose".to_owned()),
            ("AUDIT_MODE", "strict".to_owned()),
            ("AUDIT_FIREHOSE_STREAM_NAME", format!("aiconnectors-audit-{env}")),
        ];
        for (setting, value) in expected {
            assert_eq!(settings.get(setting), Some(&value), "{env}: {setting}");
        }
        let address = format!("https://{name}{host}.connectors.");
        assert!(settings["MCP_BASE_URL"].starts_with(&address), "{settings:?}");
        for setting in ["MCP_SERVER_AZURE_TENANT_ID", "GRAPH_CONTENT_HOSTS", "LOG_LEVEL"] {
            assert!(settings.contains_key(setting), "{env}: {setting}");
        }
    }
}

#[test]
fn both_environments_have_the_same_settings() {
    let names = |definition: &deployment::task_definition::TaskDefinition| -> BTreeSet<String> {
        definition.environment().into_keys().chain(definition.secrets().into_keys()).collect()
    };
    let all = all();
    for pair in all.chunks(2) {
        assert_eq!(names(&pair[0].1), names(&pair[1].1), "{}", pair[0].0);
    }
}

#[test]
fn secrets_come_from_the_connectors_own_parameters_and_never_stand_in_the_definition() {
    for (name, definition, [env, account, _]) in all() {
        let secrets = definition.secrets();
        let own = format!("arn:aws:ssm:{REGION}:{account}:parameter/aiconnectors/{env}/{name}/");
        let expected = [
            ("MCP_SERVER_AZURE_CLIENT_ID", "azure-client-id"),
            ("MCP_SERVER_AZURE_CLIENT_SECRET", "azure-client-secret"),
            ("STORAGE_ENCRYPTION_KEYS", "storage-encryption-keys"),
        ];
        for (setting, parameter) in expected {
            assert_eq!(secrets.get(setting), Some(&format!("{own}{parameter}")), "{env}");
        }
        for (setting, from) in &secrets {
            assert!(from.starts_with(&own), "{setting} is read from {from}");
        }
        for setting in definition.environment().keys() {
            let secret = SECRET_WORDS.iter().find(|word| setting.contains(**word));
            assert!(secret.is_none(), "{setting} is plain in {env}");
        }
    }
}

#[test]
fn every_setting_is_one_that_the_documents_explain() {
    let page = std::fs::read_to_string(repository().join("docs/configuration.md")).unwrap();
    for (_, definition, [env, ..]) in all() {
        let names = definition.environment().into_keys().chain(definition.secrets().into_keys());
        for setting in names {
            assert!(page.contains(&format!("`{setting}`")), "{env}: {setting}");
        }
    }
}

#[test]
fn the_processor_is_the_one_that_images_are_built_for() {
    for (_, definition, _) in all() {
        let platform = &definition.json()["runtimePlatform"];
        assert_eq!(platform["cpuArchitecture"], Value::from("ARM64"));
    }
}
