//! The settings of the task definitions, word for word.

use e2e::{Company, Environment, Root, no_tasks_here, task_definition};

/// The environment of a task as ECS makes it, with secrets of ours.
fn verbatim(company: &Company, environment: &str) -> Environment {
    let (definition, ours) = (task_definition(environment), company.environment());
    let mut all = Environment::default();
    for (name, value) in definition.environment() {
        all = all.with(&name, value);
    }
    for name in definition.secrets().into_keys() {
        all = all.with(&name, ours.get(&name));
    }
    // No AWS answers: what is asked for at the start is asked for again when it is needed.
    all.with("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4/story")
        .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/credentials")
        .with("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
}

#[tokio::test]
async fn the_program_accepts_the_settings_of_every_environment() {
    if let Some(missing) = no_tasks_here() {
        return eprintln!("SKIPPED: tasks: {missing}");
    }
    let company = Company::start().await;
    for name in ["dev", "prod"] {
        let environment = verbatim(&company, name);
        let ended = Root::new().run(&environment, &["--check-config"]).await;
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.said());
        assert!(ended.stdout.contains(&format!("ENVIRONMENT={name}")), "{}", ended.stdout);
        for secret in ["MCP_SERVER_AZURE_CLIENT_SECRET", "STORAGE_ENCRYPTION_KEYS"] {
            assert!(ended.stdout.contains(&format!("{secret}=[secret]")), "{}", ended.stdout);
            assert!(!ended.said().contains(environment.get(secret)), "{}", ended.said());
        }
        // The policy lies beside the program: otherwise it warns that only metadata leaves.
        assert!(!ended.said().contains("policy"), "{}", ended.said());
    }
}

#[tokio::test]
async fn without_one_of_its_settings_a_task_does_not_start() {
    if let Some(missing) = no_tasks_here() {
        return eprintln!("SKIPPED: tasks: {missing}");
    }
    let company = Company::start().await;
    let whole = verbatim(&company, "prod");
    for missing in [
        "MCP_BASE_URL",
        "MCP_SERVER_AZURE_CLIENT_ID",
        "MCP_SERVER_AZURE_CLIENT_SECRET",
        "MCP_SERVER_AZURE_TENANT_ID",
        "STORAGE_TYPE",
        "STORAGE_DYNAMODB_TABLE_NAME",
        "CACHE_DYNAMODB_TABLE_NAME",
        "STORAGE_ENCRYPTION_KEYS",
        "AUDIT_TYPE",
        "AUDIT_FIREHOSE_STREAM_NAME",
        "AWS_REGION",
    ] {
        let ended = Root::new().run(&whole.clone().without(missing), &["--check-config"]).await;
        assert_eq!(ended.code, Some(1), "{missing}: {}", ended.said());
    }
}
