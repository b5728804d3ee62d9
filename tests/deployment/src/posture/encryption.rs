//! What is kept in the clear.

use super::look::Thing;
use super::{Checks, Look};

pub(super) const CHECKS: Checks = &[
    ("our key changes every year", key),
    ("tables are sealed with our key", tables),
    ("tables can be put back to any second, and are not deleted by accident", recovery),
    ("logs are sealed with our key", logs),
    ("the audit stream, the alarms topic and images are sealed with our key", rest),
    ("buckets are encrypted", buckets),
];

/// Finds fault with what is not sealed with our key.
fn sealed(look: &mut Look<'_>, thing: &Thing<'_>, pointer: &str) {
    let keys = look.every("aws_kms_key");
    let key = thing.text(pointer);
    let ours = keys.iter().any(|ours| ours.text("/arn") == key && !key.is_empty());
    look.holds(&thing.place, ours, "it is not sealed with our key");
}

fn key(look: &mut Look<'_>) {
    for key in look.every("aws_kms_key") {
        look.same(&key, "/enable_key_rotation", true);
        let days = key.at("/deletion_window_in_days").as_u64().unwrap_or_default();
        look.holds(&key.place, days >= 30, "it can be gone in less than a month");
    }
}

fn tables(look: &mut Look<'_>) {
    for table in look.every("aws_dynamodb_table") {
        look.same(&table, "/server_side_encryption/0/enabled", true);
        sealed(look, &table, "/server_side_encryption/0/kms_key_arn");
    }
}

fn recovery(look: &mut Look<'_>) {
    let connectors = look.deployment.connectors.len();
    let tables = look.every("aws_dynamodb_table");
    look.holds("aws_dynamodb_table", tables.len() == 2 * connectors, "not two for each connector");
    for table in tables {
        look.same(&table, "/point_in_time_recovery/0/enabled", true);
        look.same(&table, "/deletion_protection_enabled", true);
        look.same(&table, "/ttl/0/enabled", true);
    }
}

fn logs(look: &mut Look<'_>) {
    for group in look.every("aws_cloudwatch_log_group") {
        sealed(look, &group, "/kms_key_id");
    }
}

fn rest(look: &mut Look<'_>) {
    for stream in look.every("aws_kinesis_firehose_delivery_stream") {
        look.same(&stream, "/server_side_encryption/0/enabled", true);
        look.same(&stream, "/server_side_encryption/0/key_type", "CUSTOMER_MANAGED_CMK");
        sealed(look, &stream, "/server_side_encryption/0/key_arn");
    }
    for topic in look.every("aws_sns_topic") {
        sealed(look, &topic, "/kms_master_key_id");
    }
    for images in look.every("aws_ecr_repository") {
        look.same(&images, "/encryption_configuration/0/encryption_type", "KMS");
        sealed(look, &images, "/encryption_configuration/0/kms_key");
        look.same(&images, "/image_tag_mutability", "IMMUTABLE");
    }
}

fn buckets(look: &mut Look<'_>) {
    const KIND: &str = "aws_s3_bucket_server_side_encryption_configuration";
    for bucket in look.every("aws_s3_bucket") {
        let Some(own) = look.about(KIND, "/bucket", &bucket) else { continue };
        let how = own.text("/rule/0/apply_server_side_encryption_by_default/0/sse_algorithm");
        look.holds(&own.place, ["AES256", "aws:kms"].contains(&how), &format!("it uses {how:?}"));
    }
}
