# The most that a role may ever do, whatever its policies say. A boundary grants nothing.

resource "aws_iam_policy" "workload_boundary" {
  name        = "${local.name}-workload-boundary"
  description = "The most that functions, tasks and services acting for them may do."
  policy      = data.aws_iam_policy_document.workload_boundary.json
}

data "aws_iam_policy_document" "workload_boundary" {
  statement {
    sid       = "BoundTables"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [for table in ["mcp-oauth-storage-mcp-*", "cache-mcp-*"] : "arn:aws:dynamodb:${local.account_arn}:table/${table}-${var.environment}"]
  }

  statement {
    sid       = "BoundParameters"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = ["arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/*"]
  }

  statement {
    sid       = "BoundKey"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.this.arn]
  }

  statement {
    sid       = "BoundAudit"
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = ["arn:aws:firehose:${local.account_arn}:deliverystream/aiconnectors-audit-${var.environment}"]
  }

  statement {
    sid     = "BoundAuditDelivery"
    actions = ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"]
    resources = [
      "arn:aws:s3:::nn-aiconnectors-audit-${var.environment}",
      "arn:aws:s3:::nn-aiconnectors-audit-${var.environment}/*",
    ]
  }

  statement {
    sid       = "BoundLogs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${local.account_arn}:log-group:*"]
  }

  statement {
    sid       = "BoundImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    resources = ["*"]
  }

  statement {
    sid       = "BoundTraffic"
    actions   = ["cloudwatch:DescribeAlarms", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
    resources = ["*"]
  }

  statement {
    sid = "BoundInterfaces"
    actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "delivery_boundary" {
  name        = "${local.name}-delivery-boundary"
  description = "The most that roles of CI may do: neither make themselves stronger nor read a secret."
  policy      = data.aws_iam_policy_document.delivery_boundary.json
}

data "aws_iam_policy_document" "delivery_boundary" {
  statement {
    sid = "BoundServices"
    actions = [
      "acm:*", "application-autoscaling:*", "cloudformation:*", "cloudwatch:*", "codedeploy:*", "dynamodb:*", "ec2:*",
      "ecr:*", "ecs:*", "elasticloadbalancing:*", "firehose:*", "iam:*", "kms:*", "lambda:*", "logs:*", "route53:*",
      "s3:*", "sns:*", "ssm:*", "tag:*", "wafv2:*",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "NeverStronger"
    effect = "Deny"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeleteRole",
      "iam:DeleteRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:SetDefaultPolicyVersion",
      "iam:UpdateAssumeRolePolicy",
    ]
    resources = [
      "arn:aws:iam::${var.account_id}:role/mcp-*-github-actions",
      "arn:aws:iam::${var.account_id}:role/${local.name}-terraform",
      "arn:aws:iam::${var.account_id}:policy/${local.name}-*",
    ]
  }

  statement {
    sid       = "NoPeople"
    effect    = "Deny"
    actions   = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser"]
    resources = ["*"]
  }

  statement {
    sid     = "NoSecrets"
    effect  = "Deny"
    actions = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"]
    resources = [
      for secret in local.secrets : "arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/*/${secret}"
    ]
  }

  statement {
    sid       = "NoItems"
    effect    = "Deny"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
    resources = ["*"]
  }

  statement {
    sid       = "NoRecords"
    effect    = "Deny"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:GetObjectVersion"]
    resources = ["arn:aws:s3:::nn-aiconnectors-audit-${var.environment}/*"]
  }
}
