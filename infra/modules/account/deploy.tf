# What the release of one connector may touch: its stack, function, images, service and no other's.

locals {
  deploy_policies = {
    for pair in setproduct(var.connectors, ["function", "service"]) : "${pair[0]}/${pair[1]}" => { connector = pair[0], half = pair[1] }
  }
}

resource "aws_iam_role_policy" "deploy" {
  for_each = local.deploy_policies

  name = "release-${each.value.half}"
  role = aws_iam_role.deploy[each.value.connector].name
  policy = (
    each.value.half == "function"
    ? data.aws_iam_policy_document.deploy_function[each.value.connector].json
    : data.aws_iam_policy_document.deploy_service[each.value.connector].json
  )
}

data "aws_iam_policy_document" "deploy_function" {
  for_each = var.connectors

  statement {
    sid       = "KeepArtefacts"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::${local.buckets.artefacts}/mcp-${each.key}/*"]
  }

  statement {
    sid = "DeployOwnStack"
    actions = [
      "cloudformation:CreateChangeSet",
      "cloudformation:DeleteChangeSet",
      "cloudformation:DeleteStack",
      "cloudformation:DescribeChangeSet",
      "cloudformation:DescribeStackEvents",
      "cloudformation:DescribeStackResources",
      "cloudformation:DescribeStacks",
      "cloudformation:ExecuteChangeSet",
      "cloudformation:GetTemplate",
      "cloudformation:GetTemplateSummary",
      "cloudformation:ListStackResources",
      "cloudformation:TagResource",
    ]
    resources = ["arn:aws:cloudformation:${local.account_arn}:stack/mcp-${each.key}-${var.environment}/*"]
  }

  statement {
    sid       = "UseSamTransform"
    actions   = ["cloudformation:CreateChangeSet"]
    resources = ["arn:aws:cloudformation:${var.region}:aws:transform/Serverless-2016-10-31"]
  }

  statement {
    sid       = "ReadPublished"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = ["arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/platform/*"]
  }

  statement {
    sid       = "ReadOwnClientId"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = ["arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/${each.key}/azure-client-id"]
  }

  statement {
    sid = "ReleaseOwnFunction"
    actions = [
      "lambda:AddPermission",
      "lambda:CreateAlias",
      "lambda:CreateFunction",
      "lambda:DeleteAlias",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:DeleteFunctionEventInvokeConfig",
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionConfiguration",
      "lambda:GetFunctionEventInvokeConfig",
      "lambda:GetFunctionRecursionConfig",
      "lambda:GetPolicy",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:GetRuntimeManagementConfig",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:PutFunctionConcurrency",
      "lambda:PutFunctionEventInvokeConfig",
      "lambda:PutFunctionRecursionConfig",
      "lambda:PutRuntimeManagementConfig",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:UpdateFunctionEventInvokeConfig",
    ]
    resources = [
      "arn:aws:lambda:${local.account_arn}:function:mcp-${each.key}",
      "arn:aws:lambda:${local.account_arn}:function:mcp-${each.key}:*",
    ]
  }

  statement {
    sid = "ShiftOwnTraffic"
    actions = [
      "codedeploy:CreateApplication",
      "codedeploy:CreateDeployment",
      "codedeploy:CreateDeploymentGroup",
      "codedeploy:DeleteApplication",
      "codedeploy:DeleteDeploymentGroup",
      "codedeploy:GetApplication",
      "codedeploy:GetApplicationRevision",
      "codedeploy:GetDeployment",
      "codedeploy:GetDeploymentConfig",
      "codedeploy:GetDeploymentGroup",
      "codedeploy:ListTagsForResource",
      "codedeploy:RegisterApplicationRevision",
      "codedeploy:StopDeployment",
      "codedeploy:TagResource",
      "codedeploy:UpdateDeploymentGroup",
    ]
    resources = [
      "arn:aws:codedeploy:${local.account_arn}:application:mcp-${each.key}-${var.environment}-*",
      "arn:aws:codedeploy:${local.account_arn}:deploymentgroup:mcp-${each.key}-${var.environment}-*",
      "arn:aws:codedeploy:${local.account_arn}:deploymentconfig:CodeDeployDefault.*",
    ]
  }

  statement {
    sid = "KeepOwnTargetGroup"
    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:RemoveTags",
    ]
    resources = ["arn:aws:elasticloadbalancing:${local.account_arn}:targetgroup/mcp-${each.key}-lambda/*"]
  }

  # CloudFormation cannot tag listener rules, so they cannot be told apart by name or tag. They can be
  # made and changed only by way of the connector's own stack.
  statement {
    sid = "KeepRuleByStack"
    actions = [
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:SetRulePriorities",
    ]
    resources = [
      "arn:aws:elasticloadbalancing:${local.account_arn}:listener/app/aiconnectors-public/*",
      "arn:aws:elasticloadbalancing:${local.account_arn}:listener-rule/app/aiconnectors-public/*",
    ]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "aws:CalledVia"
      values   = ["cloudformation.amazonaws.com"]
    }
  }

  statement {
    sid = "KeepOwnAlarms"
    actions = [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]
    resources = ["arn:aws:cloudwatch:${local.account_arn}:alarm:mcp-${each.key}-${var.environment}-*"]
  }

  statement {
    sid = "LookAround"
    actions = [
      "cloudwatch:DescribeAlarms",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "HandRoleToFunction"
    actions   = ["iam:GetRole", "iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/mcp-${each.key}-function-role"]

    condition {
      test     = "StringEqualsIfExists"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com"]
    }
  }

  statement {
    sid       = "HandRoleToCodeDeploy"
    actions   = ["iam:GetRole", "iam:PassRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/mcp-${each.key}-codedeploy-role"]

    condition {
      test     = "StringEqualsIfExists"
      variable = "iam:PassedToService"
      values   = ["codedeploy.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "deploy_service" {
  for_each = var.connectors

  statement {
    sid = "PushOwnImage"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImageScanFindings",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = ["arn:aws:ecr:${local.account_arn}:repository/mcp-${each.key}"]
  }

  statement {
    sid       = "SignInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid       = "ReleaseOwnService"
    actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
    resources = ["arn:aws:ecs:${local.account_arn}:service/${local.name}-aiconnectors/mcp-${each.key}-main-svc"]
  }

  # AWS checks these against no resource. A definition with another connector's roles is refused all the
  # same, because those roles cannot be handed over.
  statement {
    sid       = "KeepTaskDefinitions"
    actions   = ["ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]
  }

  statement {
    sid       = "TagOwnTaskDefinitions"
    actions   = ["ecs:TagResource"]
    resources = ["arn:aws:ecs:${local.account_arn}:task-definition/mcp-${each.key}:*"]
  }

  statement {
    sid     = "HandRolesToTasks"
    actions = ["iam:PassRole"]
    resources = [
      for kind in ["execution", "task"] : "arn:aws:iam::${var.account_id}:role/mcp-${each.key}-${kind}-role"
    ]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}
