//! The function, and the settings that it is given.

use serde_json::{Value, json};

use super::Asked;

/// Settings whose plain value whoever may look at the function could read.
const SECRETS: [&str; 3] = [
    "MCP_SERVER_AZURE_CLIENT_SECRET",
    "MCP_SERVER_AZURE_CLIENT_CERTIFICATE",
    "STORAGE_ENCRYPTION_KEYS",
];

impl Asked<'_> {
    pub(super) fn function(&mut self) {
        let (connector, environment) = (self.connector, self.environment.name());
        let function = self.stack.only("AWS::Lambda::Function");
        let mut same = |property: &str, wanted: Value| {
            self.same(&format!("{property} of the function"), &function[property], wanted);
        };
        same("Runtime", json!("provided.al2023"));
        same("Handler", json!("bootstrap"));
        same("PackageType", json!("Zip"));
        same("Architectures", json!(["arm64"]));
        same("MemorySize", json!(connector.memory_mb));
        same("Timeout", json!(connector.timeout_s));
        same("ReservedConcurrentExecutions", json!(connector.concurrency));
        same("RecursiveLoop", json!("Terminate"));
        same(
            "LoggingConfig",
            json!({
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
                "LogGroup": format!("/aiconnectors/{environment}/{}", connector.name),
            }),
        );
        self.same("the function's name", &function["FunctionName"], self.name());
        self.same("the function's role", &function["Role"], self.role("function"));
        let asynchronous = self.stack.only("AWS::Lambda::EventInvokeConfig");
        let retries = &asynchronous["MaximumRetryAttempts"];
        self.same("the retries of what nobody waits for", retries, 0);
    }

    pub(super) fn settings(&mut self) {
        let given = self.stack.environment();
        for (name, wanted) in self.wanted_settings() {
            let found = given.get(name).cloned().map_or(Value::Null, Value::from);
            self.same(name, &found, wanted);
        }
        for secret in SECRETS {
            for name in [secret.to_owned(), format!("{secret}_PREVIOUS")] {
                let plain = given.contains_key(&name);
                self.holds(!plain, format!("{name} stands in the environment as plain text"));
            }
        }
    }

    fn wanted_settings(&self) -> Vec<(&'static str, String)> {
        let (name, environment) = (&self.connector.name, self.environment.name());
        let secrets = format!("/aiconnectors/{environment}/{name}");
        vec![
            ("ENVIRONMENT", environment.to_owned()),
            ("MCP_BASE_URL", format!("https://{}", self.connector.host_in(self.environment))),
            (
                "MCP_SERVER_AZURE_CLIENT_ID",
                format!("{{{{resolve:ssm:{secrets}/azure-client-id}}}}"),
            ),
            ("MCP_SERVER_AZURE_CLIENT_SECRET_SSM", format!("{secrets}/azure-client-secret")),
            ("STORAGE_TYPE", "dynamodb".to_owned()),
            ("STORAGE_DYNAMODB_TABLE_NAME", format!("mcp-oauth-storage-mcp-{name}-{environment}")),
            ("CACHE_TYPE", "dynamodb".to_owned()),
            ("CACHE_DYNAMODB_TABLE_NAME", format!("cache-mcp-{name}-{environment}")),
            ("STORAGE_ENCRYPTION_KEYS_SSM", format!("{secrets}/storage-encryption-keys")),
            ("AUDIT_TYPE", "firehose".to_owned()),
            ("AUDIT_MODE", "strict".to_owned()),
            ("AUDIT_FIREHOSE_STREAM_NAME", format!("aiconnectors-audit-{environment}")),
        ]
    }
}
