# Alarms over what the program itself reports (docs/logging.md). A count of zero is not written, so
# missing data is fine. Those of the function are in template.yaml, those of the service in
# ecs_service.

locals {
  dimensions = { Connector = var.name, Environment = var.environment }

  # One number over a limit.
  counters = {
    "obo-failures" = {
      metric      = "OboFailed"
      threshold   = 10
      period      = 300
      runbook     = "obo-failures"
      description = "More than 10 On-Behalf-Of exchanges with Entra failed in five minutes."
    }
    "audit-fallback" = {
      metric      = "AuditFallback"
      threshold   = 0
      period      = 60
      runbook     = "audit-fallback"
      description = "An audit record did not reach the stream and stands in the log instead."
    }
    "limiter-degraded" = {
      metric      = "LimiterDegraded"
      threshold   = 0
      period      = 300
      runbook     = "limiter-degraded"
      description = "The rate limit is kept by each process alone: the storage table did not answer."
    }
    "cache-degraded" = {
      metric      = "CacheDegraded"
      threshold   = 10
      period      = 300
      runbook     = "limiter-degraded"
      description = "The token cache did not answer more than 10 calls in five minutes; tokens are exchanged instead."
    }
    "store-item-unreadable" = {
      metric      = "StoreItemUnreadable"
      threshold   = 0
      period      = 300
      runbook     = "certificate-and-secrets"
      description = "A stored item did not open: its key left the keyring, or somebody changed it."
    }
  }

  # Lines by a field that is no dimension. Contributor Insights counts them where they are; a metric
  # filter would make one metric for each address or tool, and a person pays for each.
  contributors = {
    "failed-sign-ins-from-one-address" = {
      key = "$.client_ip"
      # A request without a token is how every client begins, and one address may be a whole company's.
      filters = [
        { Match = "$.event", In = ["auth_failed"] },
        { Match = "$.reason", NotIn = ["bearer_missing"] },
      ]
      threshold   = 10
      period      = 300
      runbook     = "failed-sign-ins-from-one-address"
      description = "More than 10 failed authentications from one client address in five minutes."
    }
    "many-calls-of-one-tool" = {
      key         = "$.tool"
      filters     = [{ Match = "$.event", In = ["request"] }, { Match = "$.tool", IsPresent = true }]
      threshold   = 1000
      period      = 3600
      runbook     = "many-calls-of-one-tool"
      description = "More than 1000 calls of one tool in an hour."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "counter" {
  for_each = local.counters

  alarm_name          = "${local.prefix}-${var.environment}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/${each.value.runbook}.md"
  namespace           = "AIConnectors"
  metric_name         = each.value.metric
  dimensions          = local.dimensions
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  tags = { Connector = var.name }
}

# `Latency` is written for every request, so its sample count is the number of requests.
resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "${local.prefix}-${var.environment}-high-error-rate"
  alarm_description   = "More than 5 % of requests were answered with status 5xx for five minutes. Runbook: docs/runbooks/high-error-rate.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  metric_query {
    id          = "rate"
    label       = "Percent answered with 5xx"
    expression  = "100 * FILL(failed, 0) / requests"
    return_data = true
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = "AIConnectors"
      metric_name = "Http5xx"
      dimensions  = local.dimensions
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AIConnectors"
      metric_name = "Latency"
      dimensions  = local.dimensions
      stat        = "SampleCount"
      period      = 300
    }
  }

  tags = { Connector = var.name }
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "${local.prefix}-${var.environment}-slow-answers"
  alarm_description   = "One request in twenty took longer than ${var.slow_answer_ms} ms for five minutes. Runbook: docs/runbooks/slow-answers.md"
  namespace           = "AIConnectors"
  metric_name         = "Latency"
  dimensions          = local.dimensions
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.slow_answer_ms
  treat_missing_data  = "notBreaching"
  # With few requests a percentile says little.
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [var.alarms_topic_arn]
  ok_actions                            = [var.alarms_topic_arn]

  tags = { Connector = var.name }
}

resource "aws_cloudwatch_contributor_insight_rule" "this" {
  for_each = local.contributors

  rule_name  = "${local.prefix}-${var.environment}-${each.key}"
  rule_state = "ENABLED"

  rule_definition = jsonencode({
    Schema        = { Name = "CloudWatchLogRule", Version = 1 }
    LogGroupNames = [local.log_group]
    LogFormat     = "JSON"
    Contribution  = { Keys = [each.value.key], Filters = each.value.filters }
    AggregateOn   = "Count"
  })

  tags = { Connector = var.name }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_cloudwatch_metric_alarm" "contributor" {
  for_each = local.contributors

  alarm_name          = "${local.prefix}-${var.environment}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/${each.value.runbook}.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  metric_query {
    id          = "most"
    label       = "Most by one contributor"
    expression  = "INSIGHT_RULE_METRIC(\"${aws_cloudwatch_contributor_insight_rule.this[each.key].rule_name}\", \"MaxContributorValue\")"
    period      = each.value.period
    return_data = true
  }

  tags = { Connector = var.name }
}
