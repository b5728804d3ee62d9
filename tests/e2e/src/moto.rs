//! DynamoDB as moto understands it, for stories in which conditional writes matter.

use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::{Engine, Environment, Foreign, http};

const REGION: &str = "eu-central-1";

/// A running moto; it ends when this is dropped.
#[derive(Debug)]
pub struct Moto {
    url: String,
    _engine: Foreign,
}

impl Moto {
    /// Starts it; says so and gives nothing when it is not installed.
    pub async fn start() -> Option<Self> {
        let mut engine = Foreign::start(Engine::Python, "moto_server.py", &[])?;
        let url = engine.says().await["listening"].as_str().unwrap().to_owned();
        Some(Self { url, _engine: engine })
    }

    /// Points a connector here.
    #[must_use]
    pub fn environment(&self, environment: Environment) -> Environment {
        environment
            .with("AWS_ENDPOINT_URL", &self.url)
            .with("AWS_REGION", REGION)
            .with("AWS_ACCESS_KEY_ID", "stand-in")
            .with("AWS_SECRET_ACCESS_KEY", "stand-in")
    }

    /// Makes an empty table with the key `pk`.
    pub async fn create_table(&self, name: &str) {
        let table = json!({
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        self.ask("CreateTable", &table).await;
    }

    /// Every item of a table, as DynamoDB writes them.
    ///
    /// # Panics
    /// When there are more than one answer holds.
    pub async fn items(&self, table: &str) -> Vec<Value> {
        let answer = self.ask("Scan", &json!({"TableName": table})).await;
        assert!(answer["LastEvaluatedKey"].is_null(), "more than one page");
        answer["Items"].as_array().expect("items").clone()
    }

    async fn ask(&self, operation: &str, body: &Value) -> Value {
        ask(&self.url, "stand-in", operation, body).await
    }
}

/// Moto reads the account and the region in it and does not check the signature.
pub(crate) fn credential(access_key: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// Asks the DynamoDB of a moto.
pub(crate) async fn ask(url: &str, access_key: &str, operation: &str, body: &Value) -> Value {
    let request = http()
        .post(url)
        .header(AUTHORIZATION, credential(access_key, "dynamodb"))
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("content-type", "application/x-amz-json-1.0");
    let response = request.body(body.to_string()).send().await.unwrap();
    let status = response.status();
    let answer = response.json().await.unwrap();
    assert!(status.is_success(), "{operation}: {status} {answer}");
    answer
}
