//! What is changed of secrets, masking and encryption.

use serde_json::json;

use crate::doctored::{Change, in_stack, in_task, set, without};

const SECRET: &str = "module.account.aws_ssm_parameter.secret[\"sharepoint/azure-client-secret\"]";
const STORAGE: &str = "module.connector[\"sharepoint\"].aws_dynamodb_table.this[\"storage\"]";
const OTHER_KEY: &str =
    "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000";
const FIREWALL: &str = "module.platform.aws_wafv2_web_acl";

pub(crate) const CHANGES: &[Change] = &[
    ("no secret stands in an environment", |d| {
        in_task(d, "MCP_SERVER_AZURE_CLIENT_SECRET", "not so secret any more");
    }),
    ("no secret stands in an environment", |d| {
        let variables = json!({ "GRAPH_DEBUG_TOKEN": "x" });
        let stack = d.stacks.get_mut("sharepoint").unwrap();
        let own = &mut stack["Function"]["Properties"]["Environment"]["Variables"];
        own.as_object_mut().unwrap().extend(variables.as_object().unwrap().clone());
    }),
    ("every program reads its own secrets and no other's", |d| {
        let name = "/Environment/Variables/STORAGE_ENCRYPTION_KEYS_SSM";
        in_stack(d, "Function", name, "/aiconnectors/dev/outlook/storage-encryption-keys");
    }),
    ("every program reads its own secrets and no other's", |d| {
        let task = d.tasks.get_mut("sharepoint").unwrap();
        let secrets = task.pointer_mut("/containerDefinitions/0/secrets").unwrap();
        let from = &mut secrets[0]["valueFrom"];
        *from = from.as_str().unwrap().replace("/sharepoint/", "/outlook/").into();
    }),
    ("secrets are SecureStrings under our key, and not in the state", |d| {
        set(d, SECRET, "/type", "String");
    }),
    ("secrets are SecureStrings under our key, and not in the state", |d| {
        set(d, SECRET, "/value", "kept for everybody who reads the state");
    }),
    ("secrets are SecureStrings under our key, and not in the state", |d| {
        set(d, SECRET, "/key_id", "alias/aws/ssm");
    }),
    ("nothing that is deployed looks like a credential", |d| {
        let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        in_task(d, "GRAPH_SCOPES", &key);
    }),
    ("programs log no more than they need", |d| {
        in_stack(d, "Function", "/Environment/Variables/LOG_LEVEL", "debug");
    }),
    ("programs log no more than they need", |d| in_task(d, "LOG_LEVEL", "trace")),
    ("the firewall's log holds no token, cookie or code", |d| {
        let log = format!("{FIREWALL}_logging_configuration.public");
        d.resources.change(&log, |values| {
            let fields = values["redacted_fields"].as_array_mut().unwrap();
            fields.retain(|field| field["single_header"][0]["name"] != "cookie");
        });
    }),
    ("the firewall's log holds no token, cookie or code", |d| {
        set(
            d,
            &format!("{FIREWALL}.public"),
            "/visibility_config/0/sampled_requests_enabled",
            true,
        );
    }),
    ("the balancer's log, which cannot be masked, is soon gone", |d| {
        let life = "module.platform.aws_s3_bucket_lifecycle_configuration.access_logs";
        set(d, life, "/rule/0/expiration/0/days", 400);
    }),
    ("tests prove that the program masks", |d| {
        let text = d.tests.get_mut("tests/e2e/tests/sharepoint/logs.rs").unwrap();
        *text = text.replace("holds_no_secret_and_no_content", "is_long");
    }),
    ("tests prove that the program masks", |d| {
        // Still there, and no test any more.
        let text = d.tests.get_mut("tests/e2e/tests/sign_in/callback.rs").unwrap();
        *text = text.replace("#[tokio::test]", "#[cfg(any())]");
    }),
    ("our key changes every year", |d| {
        set(d, "module.account.aws_kms_key.this", "/enable_key_rotation", false);
    }),
    ("tables are sealed with our key", |d| {
        set(d, STORAGE, "/server_side_encryption/0/kms_key_arn", OTHER_KEY);
    }),
    ("tables can be put back to any second, and are not deleted by accident", |d| {
        set(d, STORAGE, "/point_in_time_recovery/0/enabled", false);
    }),
    ("tables can be put back to any second, and are not deleted by accident", |d| {
        without(d, STORAGE);
    }),
    ("logs are sealed with our key", |d| {
        set(d, "module.network.aws_cloudwatch_log_group.flow", "/kms_key_id", "");
    }),
    ("the audit stream, the alarms topic and images are sealed with our key", |d| {
        set(d, "module.platform.aws_sns_topic.alarms", "/kms_master_key_id", "alias/aws/sns");
    }),
    ("the audit stream, the alarms topic and images are sealed with our key", |d| {
        let stream = "module.platform.aws_kinesis_firehose_delivery_stream.audit";
        set(d, stream, "/server_side_encryption/0/enabled", false);
    }),
    ("buckets are encrypted", |d| {
        let kind = "aws_s3_bucket_server_side_encryption_configuration";
        without(d, &format!("module.platform.{kind}.this[\"audit\"]"));
    }),
];
