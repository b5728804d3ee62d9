# Every record of every connector goes through this stream into the audit bucket: one JSON document a
# line, by date. The records bring their own line ends, so none are added.

resource "aws_kinesis_firehose_delivery_stream" "audit" {
  name        = local.audit_name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.kms_key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.audit.arn
    bucket_arn          = aws_s3_bucket.audit.arn
    buffering_size      = 5
    buffering_interval  = 60
    compression_format  = "UNCOMPRESSED"
    file_extension      = ".ndjson"
    prefix              = "audit/date=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "error/!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.audit.name
      log_stream_name = aws_cloudwatch_log_stream.audit.name
    }
  }

  depends_on = [aws_iam_role_policy.audit]
}

resource "aws_cloudwatch_log_group" "audit" {
  name              = "/aiconnectors/${var.environment}/audit-delivery"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_stream" "audit" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.audit.name
}

resource "aws_iam_role" "audit" {
  name                 = "${local.audit_name}-delivery"
  description          = "Lets Firehose write audit records into their bucket."
  assume_role_policy   = data.aws_iam_policy_document.audit_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "audit_trust" {
  statement {
    sid     = "Firehose"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role_policy" "audit" {
  name   = "deliver"
  role   = aws_iam_role.audit.name
  policy = data.aws_iam_policy_document.audit.json
}

data "aws_iam_policy_document" "audit" {
  statement {
    sid       = "WriteRecords"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["arn:aws:s3:::${local.audit_bucket}/audit/*", "arn:aws:s3:::${local.audit_bucket}/error/*"]
  }

  statement {
    sid       = "FindBucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = ["arn:aws:s3:::${local.audit_bucket}"]
  }

  statement {
    sid       = "WriteDeliveryErrors"
    actions   = ["logs:PutLogEvents"]
    resources = ["arn:aws:logs:${local.account_arn}:log-group:/aiconnectors/${var.environment}/audit-delivery:log-stream:errors"]
  }
}
