# What applying infra/main takes. It makes the resources of every connector, so its patterns cover all
# of them; it reads no table, no record and no secret (see boundaries.tf).

locals {
  terraform_policies = {
    state     = data.aws_iam_policy_document.terraform_state.json
    network   = data.aws_iam_policy_document.terraform_network.json
    balancer  = data.aws_iam_policy_document.terraform_balancer.json
    data      = data.aws_iam_policy_document.terraform_data.json
    observe   = data.aws_iam_policy_document.terraform_observe.json
    workloads = data.aws_iam_policy_document.terraform_workloads.json
  }

  workload_boundary_arn = "arn:aws:iam::${var.account_id}:policy/${local.name}-workload-boundary"
  workload_role_arns = concat(
    [for kind in ["function", "execution", "task", "codedeploy"] : "arn:aws:iam::${var.account_id}:role/mcp-*-${kind}-role"],
    [
      "arn:aws:iam::${var.account_id}:role/${local.name}-flow-logs",
      "arn:aws:iam::${var.account_id}:role/aiconnectors-audit-${var.environment}-delivery",
    ],
  )
}

resource "aws_iam_policy" "terraform" {
  for_each = local.terraform_policies

  name        = "${local.name}-terraform-${each.key}"
  description = "Part of what applying infra/main takes."
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "terraform" {
  for_each = local.terraform_policies

  role       = aws_iam_role.terraform.name
  policy_arn = aws_iam_policy.terraform[each.key].arn
}

data "aws_iam_policy_document" "terraform_state" {
  statement {
    sid       = "KeepState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = [for key in ["main.tfstate", "main.tfstate.tflock"] : "arn:aws:s3:::${local.buckets.terraform}/${key}"]
  }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::${local.buckets.terraform}"]
  }

  statement {
    sid       = "FindKey"
    actions   = ["kms:ListAliases"]
    resources = ["*"]
  }

  # CreateGrant: tables, repositories and the stream keep using the key when nobody is signed in.
  statement {
    sid = "EncryptWhatItMakes"
    actions = [
      "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    ]
    resources = [aws_kms_key.this.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values = [
        for service in ["dynamodb", "ecr", "firehose", "logs", "sns"] : "${service}.${var.region}.amazonaws.com"
      ]
    }
  }

  statement {
    sid       = "DescribeKey"
    actions   = ["kms:DescribeKey"]
    resources = [aws_kms_key.this.arn]
  }
}

data "aws_iam_policy_document" "terraform_network" {
  # Names of network resources are given by AWS, so a policy cannot know them.
  statement {
    sid = "MakeNetwork"
    actions = [
      "ec2:AllocateAddress", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway", "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc", "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway", "ec2:DeleteRoute",
      "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute",
      "ec2:ReplaceRouteTableAssociation", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "ReadNetwork"
    actions = [
      "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute",
      "ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways",
      "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
      "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "terraform_balancer" {
  statement {
    sid = "MakeBalancer"
    actions = [
      "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyRule", "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:SetWebACL",
    ]
    resources = [
      "arn:aws:elasticloadbalancing:${local.account_arn}:loadbalancer/app/aiconnectors-public/*",
      "arn:aws:elasticloadbalancing:${local.account_arn}:listener/app/aiconnectors-public/*",
      "arn:aws:elasticloadbalancing:${local.account_arn}:listener-rule/app/aiconnectors-public/*",
      "arn:aws:elasticloadbalancing:${local.account_arn}:targetgroup/mcp-*-ecs/*",
    ]
  }

  statement {
    sid = "ReadBalancer"
    actions = [
      "acm:ListCertificates", "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth", "route53:GetChange", "route53:ListHostedZones",
      "wafv2:ListWebACLs",
    ]
    resources = ["*"]
  }

  # AWS gives certificates their names.
  statement {
    sid       = "ReadCertificates"
    actions   = ["acm:DescribeCertificate", "acm:GetCertificate", "acm:ListTagsForCertificate"]
    resources = ["arn:aws:acm:${local.account_arn}:certificate/*"]
  }

  statement {
    sid       = "MakeRecords"
    actions   = ["route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"]
    resources = [aws_route53_zone.this.arn]
  }

  statement {
    sid = "MakeFirewall"
    actions = [
      "wafv2:AssociateWebACL", "wafv2:CreateWebACL", "wafv2:DeleteLoggingConfiguration", "wafv2:DeleteWebACL",
      "wafv2:DisassociateWebACL", "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource",
      "wafv2:ListTagsForResource", "wafv2:PutLoggingConfiguration", "wafv2:TagResource", "wafv2:UntagResource",
      "wafv2:UpdateWebACL",
    ]
    resources = [
      "arn:aws:wafv2:${local.account_arn}:regional/webacl/${local.name}-public/*",
      "arn:aws:wafv2:${local.account_arn}:regional/managedruleset/*/*",
      "arn:aws:elasticloadbalancing:${local.account_arn}:loadbalancer/app/aiconnectors-public/*",
    ]
  }

  statement {
    sid       = "LogFirewall"
    actions   = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DeleteResourcePolicy"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "terraform_data" {
  statement {
    sid = "MakeTables"
    actions = [
      "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
    ]
    resources = [for table in ["mcp-oauth-storage-mcp-*", "cache-mcp-*"] : "arn:aws:dynamodb:${local.account_arn}:table/${table}-${var.environment}"]
  }

  # Settings of the two buckets, never what is in them.
  statement {
    sid = "MakeBuckets"
    actions = [
      "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:GetAccelerateConfiguration", "s3:GetBucketAcl",
      "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
      "s3:ListBucket", "s3:PutBucketLogging", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
    ]
    resources = [
      "arn:aws:s3:::nn-aiconnectors-audit-${var.environment}",
      "arn:aws:s3:::nn-aiconnectors-access-logs-${var.environment}",
    ]
  }

  statement {
    sid = "MakeAuditStream"
    actions = [
      "firehose:CreateDeliveryStream", "firehose:DeleteDeliveryStream", "firehose:DescribeDeliveryStream",
      "firehose:ListTagsForDeliveryStream", "firehose:StartDeliveryStreamEncryption",
      "firehose:StopDeliveryStreamEncryption", "firehose:TagDeliveryStream", "firehose:UntagDeliveryStream",
      "firehose:UpdateDestination",
    ]
    resources = ["arn:aws:firehose:${local.account_arn}:deliverystream/aiconnectors-audit-${var.environment}"]
  }

  statement {
    sid = "MakeRepositories"
    actions = [
      "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:DescribeRepositories",
      "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource", "ecr:PutImageScanningConfiguration",
      "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
    ]
    resources = ["arn:aws:ecr:${local.account_arn}:repository/mcp-*"]
  }

  statement {
    sid = "Publish"
    actions = [
      "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:GetParameters",
      "ssm:ListTagsForResource", "ssm:PutParameter", "ssm:RemoveTagsFromResource",
    ]
    resources = ["arn:aws:ssm:${local.account_arn}:parameter/aiconnectors/${var.environment}/platform/*"]
  }

  statement {
    sid       = "FindParameters"
    actions   = ["ssm:DescribeParameters"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "terraform_observe" {
  statement {
    sid = "MakeLogs"
    actions = [
      "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogGroup",
      "logs:DeleteLogStream", "logs:DescribeLogStreams", "logs:DisassociateKmsKey", "logs:ListTagsForResource",
      "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
    ]
    resources = [
      "arn:aws:logs:${local.account_arn}:log-group:/aiconnectors/${var.environment}/*",
      "arn:aws:logs:${local.account_arn}:log-group:aws-waf-logs-${local.name}*",
    ]
  }

  statement {
    sid = "MakeAlarms"
    actions = [
      "cloudwatch:DeleteAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource", "cloudwatch:UntagResource",
    ]
    resources = [
      "arn:aws:cloudwatch:${local.account_arn}:alarm:${local.name}-*",
      "arn:aws:cloudwatch:${local.account_arn}:alarm:mcp-*",
    ]
  }

  statement {
    sid = "CountContributors"
    actions = [
      "cloudwatch:DeleteInsightRules", "cloudwatch:DisableInsightRules", "cloudwatch:EnableInsightRules",
      "cloudwatch:ListTagsForResource", "cloudwatch:PutInsightRule", "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ]
    resources = ["arn:aws:cloudwatch:${local.account_arn}:insight-rule/mcp-*"]
  }

  statement {
    sid       = "MakeDashboard"
    actions   = ["cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:PutDashboard"]
    resources = ["arn:aws:cloudwatch::${var.account_id}:dashboard/${local.name}"]
  }

  statement {
    sid = "MakeTopic"
    actions = [
      "sns:CreateTopic", "sns:DeleteTopic", "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sns:SetTopicAttributes", "sns:Subscribe",
      "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource",
    ]
    resources = [
      "arn:aws:sns:${local.account_arn}:aiconnectors-alarms-${var.environment}",
      "arn:aws:sns:${local.account_arn}:aiconnectors-alarms-${var.environment}:*",
    ]
  }

  statement {
    sid       = "FindWhatObserves"
    actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeInsightRules", "logs:DescribeLogGroups"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "terraform_workloads" {
  statement {
    sid = "MakeServices"
    actions = [
      "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCluster", "ecs:DeleteService", "ecs:DescribeClusters",
      "ecs:DescribeServices", "ecs:ListTagsForResource", "ecs:PutClusterCapacityProviders", "ecs:TagResource",
      "ecs:UntagResource", "ecs:UpdateCluster", "ecs:UpdateClusterSettings", "ecs:UpdateService",
    ]
    resources = [
      "arn:aws:ecs:${local.account_arn}:cluster/${local.name}-aiconnectors",
      "arn:aws:ecs:${local.account_arn}:service/${local.name}-aiconnectors/mcp-*-main-svc",
      "arn:aws:ecs:${local.account_arn}:task-definition/mcp-*:*",
    ]
  }

  statement {
    sid       = "MakeFirstTaskDefinition"
    actions   = ["ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]
  }

  statement {
    sid = "ScaleServices"
    actions = [
      "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:ListTagsForResource", "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource",
      "application-autoscaling:UntagResource",
    ]
    resources = ["arn:aws:application-autoscaling:${local.account_arn}:scalable-target/*"]

    condition {
      test     = "StringEqualsIfExists"
      variable = "application-autoscaling:service-namespace"
      values   = ["ecs"]
    }
  }

  statement {
    sid       = "FindScaling"
    actions   = ["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies"]
    resources = ["*"]
  }

  # A role is made and given rights only inside its boundary.
  statement {
    sid       = "MakeBoundedRoles"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    resources = local.workload_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.workload_boundary_arn]
    }
  }

  statement {
    sid = "KeepRoles"
    actions = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
    ]
    resources = local.workload_role_arns
  }

  statement {
    sid       = "HandRolesToServices"
    actions   = ["iam:PassRole"]
    resources = local.workload_role_arns

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com", "firehose.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  statement {
    sid       = "MakeServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${var.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "ecs.amazonaws.com",
        "ecs.application-autoscaling.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "wafv2.amazonaws.com",
      ]
    }
  }
}
