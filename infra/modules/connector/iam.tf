# Who a connector is. Every statement names this connector's own resources; the few wildcards are in
# infra/wildcards.json, with reasons.

locals {
  # The function does by itself what ECS splits between the agent and the task.
  roles = {
    function  = { trust = "lambda", description = "The function ${local.prefix}." }
    execution = { trust = "ecs-tasks", description = "What ECS needs to start a task of ${local.prefix}." }
    task      = { trust = "ecs-tasks", description = "A task of ${local.prefix}." }
    codedeploy = {
      trust       = "codedeploy"
      description = "Moves traffic between versions of ${local.prefix}."
    }
  }

  policies = {
    function   = data.aws_iam_policy_document.function.json
    execution  = data.aws_iam_policy_document.execution.json
    task       = data.aws_iam_policy_document.task.json
    codedeploy = data.aws_iam_policy_document.codedeploy.json
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    sid     = "Assume"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value.trust}.amazonaws.com"]
    }

    # CodeDeploy and Lambda do not send it when they take a role; it would lock them out.
    dynamic "condition" {
      for_each = each.value.trust == "ecs-tasks" ? [1] : []

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account_id]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${local.prefix}-${each.key}-role"
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = var.permissions_boundary_arn

  tags = { Connector = var.name }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this[each.key].name
  policy = each.value
}

data "aws_iam_policy_document" "function" {
  source_policy_documents = concat(
    [
      data.aws_iam_policy_document.secrets.json,
      data.aws_iam_policy_document.data.json,
      data.aws_iam_policy_document.log.json,
    ],
    var.in_vpc ? [data.aws_iam_policy_document.interfaces.json] : [],
  )
}

data "aws_iam_policy_document" "execution" {
  source_policy_documents = [
    data.aws_iam_policy_document.secrets.json,
    data.aws_iam_policy_document.log.json,
    data.aws_iam_policy_document.image.json,
  ]
}

data "aws_iam_policy_document" "task" {
  source_policy_documents = [data.aws_iam_policy_document.data.json]
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "ReadOwnParameters"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = local.parameter_arns
  }

  statement {
    sid       = "DecryptOwnParameters"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:PARAMETER_ARN"
      values   = local.parameter_arns
    }
  }
}

data "aws_iam_policy_document" "data" {
  statement {
    sid = "UseOwnTables"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]
    resources = values(local.table_arns)
  }

  statement {
    sid       = "OpenOwnTables"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:dynamodb:tableName"
      values   = values(local.tables)
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:dynamodb:subscriberId"
      values   = [var.account_id]
    }
  }

  # Records go in; no connector can read any.
  statement {
    sid       = "WriteAudit"
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [local.stream_arn]
  }
}

data "aws_iam_policy_document" "log" {
  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_arn}:log-stream:*"]
  }
}

data "aws_iam_policy_document" "image" {
  statement {
    sid       = "PullOwnImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [local.repository_arn]
  }

  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "interfaces" {
  statement {
    sid = "AttachToVpc"
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

  # Lambda makes the interfaces with this role; the program itself may not.
  statement {
    sid    = "ProgramMakesNoInterfaces"
    effect = "Deny"
    actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = [local.function_arn]
    }
  }
}

data "aws_iam_policy_document" "codedeploy" {
  statement {
    sid       = "ShiftOwnAlias"
    actions   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
    resources = [local.function_arn, "${local.function_arn}:live"]
  }

  statement {
    sid       = "WatchAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["*"]
  }
}
