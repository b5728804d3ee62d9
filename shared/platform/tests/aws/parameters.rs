//! Settings in SSM: read at the start, read again, and what happens when that fails.

use std::time::{Duration, Instant};

use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ssm::types::ParameterType;
use platform::config::LiveSecret;
use secrecy::ExposeSecret;

use crate::stub::{Stub, nobody};
use crate::{aws_at, clock, moto};

/// Writes as an operator would; the platform itself only reads.
async fn write(name: &str, value: &str) {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(moto::address().unwrap())
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(http)
        .build();
    let put = aws_sdk_ssm::Client::from_conf(config).put_parameter();
    let put = put.name(name).value(value).overwrite(true);
    put.r#type(ParameterType::SecureString).send().await.unwrap();
}

#[tokio::test]
async fn a_secure_string_is_read_decrypted_and_again_after_five_minutes() {
    let Some(aws) = moto::aws().await else {
        return;
    };
    let clock = clock();
    write("/aiconnectors/test/secret", "old").await;
    let reader = aws.parameters().reader();
    let name = "/aiconnectors/test/secret".to_owned();
    let secret = LiveSecret::parameter(name, reader, clock.clone()).await.unwrap();
    assert!(secret.is("old").await);
    write("/aiconnectors/test/secret", "new").await;
    assert!(secret.is("old").await);
    clock.advance(Duration::from_secs(301));
    assert!(secret.is("new").await);
}

#[tokio::test]
async fn a_batch_is_read_at_the_start_and_what_is_missing_is_named() {
    let Some(aws) = moto::aws().await else {
        return;
    };
    let mut names: Vec<String> = (0..12).map(|n| format!("/aiconnectors/batch/{n}")).collect();
    for name in &names {
        write(name, name).await;
    }
    let values = aws.parameters().read_all(&names).await.unwrap();
    assert_eq!(values.len(), 12);
    assert!(values.iter().all(|(name, value)| value.expose_secret() == name));

    names.push("/aiconnectors/batch/none".into());
    let error = aws.parameters().read_all(&names).await.unwrap_err();
    assert_eq!(error.reason, "/aiconnectors/batch/none: ParameterNotFound");
    let error = aws.parameters().read("/aiconnectors/none").await.unwrap_err();
    assert_eq!(error.reason, "/aiconnectors/none: ParameterNotFound");
}

#[tokio::test]
async fn the_start_waits_out_a_throttle_but_not_a_refusal() {
    let throttled = (400, r#"{"__type":"ThrottlingException","message":"canary"}"#);
    let found = (200, r#"{"Parameter":{"Name":"/p","Value":"found"}}"#);
    let stub = Stub::answering(&[throttled, throttled, throttled, throttled, found]).await;
    let parameters = aws_at(&stub.address).await.parameters();
    assert_eq!(parameters.read("/p").await.unwrap().expose_secret(), "found");

    let stub = Stub::failing("AccessDeniedException").await;
    let error = aws_at(&stub.address).await.parameters().read("/p").await.unwrap_err();
    assert_eq!(error.reason, "/p: AccessDeniedException");
    assert_eq!(stub.requests(), 1);
}

#[tokio::test]
async fn an_unreachable_or_broken_ssm_fails_within_the_budget_and_shows_no_value() {
    let broken = Stub::answering(&[(200, r#"{"Parameter":{"Value":"canary""#)]).await;
    let fail = [nobody().await, broken.address].map(|address| async move {
        let parameters = aws_at(&address).await.parameters();
        let started = Instant::now();
        let error = parameters.read("/p").await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
        assert!(error.reason.starts_with("/p: "), "{error}");
        assert!(!format!("{error:?}").contains("canary"));

        let started = Instant::now();
        parameters.read("/p").await.unwrap_err();
        assert!(started.elapsed() < Duration::from_millis(3900), "later readings try once");
    });
    futures::future::join_all(fail).await;
}
