# In front of the balancer: known attacks, and addresses that send too much.

locals {
  # Rules of the common set that ordinary traffic breaks. They are counted, not enforced.
  counted = [
    # Results and arguments of tools are larger than the 8 KB that it looks at.
    "SizeRestrictions_BODY",
    # Entra's codes and the state of a sign-in exceed 2 KB.
    "SizeRestrictions_QUERYSTRING",
    # What people ask for is text of any kind, code too.
    "CrossSiteScripting_BODY",
    # Clients on a laptop are sent back to http://127.0.0.1, in queries, forms and registrations.
    "GenericRFI_BODY",
    "GenericRFI_QUERYARGUMENTS",
  ]
}

resource "aws_wafv2_web_acl" "public" {
  name        = "${local.name}-public"
  description = "What the public load balancer lets through."
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "registrations-per-address"
    priority = 10

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.registrations_per_address
        aggregate_key_type = "IP"

        scope_down_statement {
          byte_match_statement {
            search_string         = "/oauth/register"
            positional_constraint = "EXACTLY"

            field_to_match {
              uri_path {}
            }

            text_transformation {
              priority = 0
              type     = "NORMALIZE_PATH"
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "registrations-per-address"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "requests-per-address"
    priority = 20

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.requests_per_address
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "requests-per-address"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "common-attacks"
    priority = 30

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        dynamic "rule_action_override" {
          for_each = local.counted

          content {
            name = rule_action_override.value

            action_to_use {
              count {}
            }
          }
        }
      }
    }

    # Samples would hold bearer tokens and codes.
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common-attacks"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "known-bad-inputs"
    priority = 40

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "known-bad-inputs"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${local.name}-public"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "public" {
  resource_arn = aws_lb.public.arn
  web_acl_arn  = aws_wafv2_web_acl.public.arn
}

# The prefix is AWS's: only log groups with it can take these logs.
resource "aws_cloudwatch_log_group" "firewall" {
  name              = "aws-waf-logs-${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "public" {
  resource_arn            = aws_wafv2_web_acl.public.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  # Authorization codes travel in the query.
  redacted_fields {
    query_string {}
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.firewall]
}

# Without it AWS writes a policy of its own, with a wildcard.
resource "aws_cloudwatch_log_resource_policy" "firewall" {
  policy_name     = "${local.name}-firewall"
  policy_document = data.aws_iam_policy_document.firewall_log.json
}

data "aws_iam_policy_document" "firewall_log" {
  statement {
    sid       = "FirewallWritesItsLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:${local.account_arn}:log-group:aws-waf-logs-${local.name}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:logs:${local.account_arn}:*"]
    }
  }
}
