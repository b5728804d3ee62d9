//! The real program takes the settings that the template gives it, with its secrets in moto.

use deployment::sam::Stack;
use e2e::{Environment, Moto, NAME, run};
use serde_json::json;

use crate::releases;

const CLIENT_ID: &str = "e0000000-0000-4000-8000-000000000100";
const SECRET: &str = "a-secret-of-nobody";
const KEYRING: &str =
    r#"{"active":"k1","keys":{"k1":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}"#;
const CREDENTIAL: &str = "AWS4-HMAC-SHA256 Credential=stand-in/20260101/eu-central-1/ssm/\
                          aws4_request, SignedHeaders=host, Signature=0";

/// The function's environment as Lambda would hand it over, with AWS in moto.
pub(crate) fn environment(stack: &Stack, moto: &Moto) -> Environment {
    let mut environment = moto.environment(Environment::default());
    for (name, value) in stack.environment() {
        // CloudFormation reads it when it deploys.
        let read = if value.starts_with("{{resolve:ssm:") { CLIENT_ID.to_owned() } else { value };
        environment = environment.with(&name, read);
    }
    environment
        .with("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .with("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
}

/// Puts the secrets where the settings say that they are.
pub(crate) async fn keep_secrets(environment: &Environment) {
    for (name, secret) in
        [("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", SECRET), ("STORAGE_ENCRYPTION_KEYS_SSM", KEYRING)]
    {
        let parameter = json!({
            "Name": environment.get(name), "Value": secret, "Type": "SecureString",
            "Overwrite": true,
        });
        let request = e2e::http().post(environment.get("AWS_ENDPOINT_URL"));
        let request = request.header("authorization", CREDENTIAL);
        let request = request.header("x-amz-target", "AmazonSSM.PutParameter");
        let request = request.header("content-type", "application/x-amz-json-1.1");
        let answer = request.body(parameter.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{name}: {:?}", answer.text().await);
    }
}

#[tokio::test]
async fn the_program_accepts_what_the_template_gives_it() {
    let (Some(releases), Some(moto)) = (releases(), Moto::start().await) else { return };
    let own = releases.iter().filter(|(connector, _, _)| connector.name == NAME);
    let mut accepted = 0;
    for (_, where_to, stack) in own {
        let settings = environment(stack, &moto);
        keep_secrets(&settings).await;
        // Lambda sets it; the program then knows that plain secrets are not for it.
        let settings = settings.with("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1");
        let ended = run(&settings, &["--check-config"]).await;
        assert_eq!(ended.code, Some(0), "{where_to:?}: {}", ended.said());
        for secret in [SECRET, KEYRING] {
            assert!(!ended.said().contains(secret), "{where_to:?}: {}", ended.said());
        }
        accepted += 1;
    }
    assert_eq!(accepted, 2, "both environments were tried");
}

/// What has a default of its own.
const OPTIONAL: [&str; 7] = [
    "AUDIT_MODE",
    "CACHE_TYPE",
    "ENVIRONMENT",
    "GRAPH_CONTENT_HOSTS",
    "LOG_LEVEL",
    "MCP_SERVER_AUTH_MODES",
    "STORAGE_DYNAMODB_REGION",
];

#[tokio::test]
async fn whatever_the_template_forgets_stops_the_start() {
    let (Some(releases), Some(moto)) = (releases(), Moto::start().await) else { return };
    let (_, _, stack) = &releases[0];
    let settings = environment(stack, &moto).with("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1");
    keep_secrets(&settings).await;
    let given = stack.environment();
    let required = given.keys().filter(|name| !OPTIONAL.contains(&name.as_str()));
    for name in required {
        let ended = run(&settings.clone().without(name), &["--check-config"]).await;
        assert_eq!(ended.code, Some(1), "without {name}: {}", ended.said());
    }
}

#[tokio::test]
async fn a_plain_secret_in_the_functions_environment_is_refused_by_the_program() {
    let (Some(releases), Some(moto)) = (releases(), Moto::start().await) else { return };
    let (_, _, stack) = &releases[0];
    let settings = environment(stack, &moto).with("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1");
    keep_secrets(&settings).await;
    let plain = settings
        .without("MCP_SERVER_AZURE_CLIENT_SECRET_SSM")
        .with("MCP_SERVER_AZURE_CLIENT_SECRET", SECRET);
    let ended = run(&plain, &["--check-config"]).await;
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.starts_with("MCP_SERVER_AZURE_CLIENT_SECRET"), "{}", ended.stderr);
}
