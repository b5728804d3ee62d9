# Compares the account with infra/main every morning. It reads settings, writes nothing, and may come
# from the main branch without the gate that guards the other roles.

resource "aws_iam_role" "drift" {
  name                 = "${local.name}-drift"
  description          = "Plans infra/main, and changes nothing."
  assume_role_policy   = data.aws_iam_policy_document.drift_trust.json
  permissions_boundary = aws_iam_policy.delivery_boundary.arn
}

data "aws_iam_policy_document" "drift_trust" {
  statement {
    sid     = "GitHubRuns"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${var.account_id}:oidc-provider/token.actions.githubusercontent.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.github_repository}:ref:refs/heads/main"]
    }
  }
}

resource "aws_iam_role_policy" "drift" {
  name   = "plan"
  role   = aws_iam_role.drift.name
  policy = data.aws_iam_policy_document.drift.json
}

data "aws_iam_policy_document" "drift" {
  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${local.buckets.terraform}/main.tfstate"]
  }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::${local.buckets.terraform}"]
  }

  statement {
    sid       = "ReadPublished"
    actions   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"]
    resources = ["arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/platform/*"]
  }

  # Settings, never contents: no item, no object, no secret, no log line.
  statement {
    sid = "ReadSettings"
    actions = [
      "acm:DescribeCertificate", "acm:GetCertificate", "acm:ListCertificates", "acm:ListTagsForCertificate",
      "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
      "application-autoscaling:ListTagsForResource", "cloudwatch:DescribeAlarms",
      "cloudwatch:DescribeInsightRules", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
      "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource", "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute",
      "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists",
      "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
      "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource", "ecs:DescribeClusters",
      "ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListTagsForResource",
      "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
      "firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream", "iam:GetRole", "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "kms:DescribeKey", "kms:ListAliases",
      "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:DescribeResourcePolicies",
      "logs:ListTagsForResource", "route53:GetHostedZone", "route53:ListHostedZones",
      "route53:ListResourceRecordSets", "route53:ListTagsForResource", "s3:GetAccelerateConfiguration",
      "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging",
      "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
      "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "sns:GetSubscriptionAttributes",
      "sns:GetTopicAttributes", "sns:ListTagsForResource", "ssm:DescribeParameters",
      "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource",
      "wafv2:ListTagsForResource", "wafv2:ListWebACLs",
    ]
    resources = ["*"]
  }
}
