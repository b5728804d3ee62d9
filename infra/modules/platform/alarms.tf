# Alarms over what all connectors share: balancer, firewall, stream, certificate.

locals {
  balancer = { LoadBalancer = aws_lb.public.arn_suffix }
  stream   = { DeliveryStreamName = local.audit_name }

  alarms = {
    "balancer-5xx" = {
      namespace   = "AWS/ApplicationELB"
      metric      = "HTTPCode_ELB_5XX_Count"
      dimensions  = local.balancer
      statistic   = "Sum"
      period      = 300
      comparison  = "GreaterThanThreshold"
      threshold   = 10
      missing     = "notBreaching"
      runbook     = "high-error-rate"
      description = "The load balancer itself answered more than 10 requests with 5xx in five minutes: a function or task gave no usable answer."
    }
    "many-requests" = {
      namespace   = "AWS/ApplicationELB"
      metric      = "RequestCount"
      dimensions  = local.balancer
      statistic   = "Sum"
      period      = 60
      comparison  = "GreaterThanThreshold"
      threshold   = 1000
      missing     = "notBreaching"
      runbook     = "many-requests"
      description = "More than 1000 requests in a minute."
    }
    "firewall-blocks" = {
      namespace   = "AWS/WAFV2"
      metric      = "BlockedRequests"
      dimensions  = { WebACL = "${local.name}-public", Region = var.region, Rule = "ALL" }
      statistic   = "Sum"
      period      = 300
      comparison  = "GreaterThanThreshold"
      threshold   = 500
      missing     = "notBreaching"
      runbook     = "many-requests"
      description = "The firewall refused more than 500 requests in five minutes."
    }
    "audit-late" = {
      namespace   = "AWS/Firehose"
      metric      = "DeliveryToS3.DataFreshness"
      dimensions  = local.stream
      statistic   = "Maximum"
      period      = 300
      comparison  = "GreaterThanThreshold"
      threshold   = 900
      missing     = "notBreaching"
      runbook     = "audit-not-delivered"
      description = "The oldest audit record in the stream has waited more than 15 minutes for its bucket."
    }
    "audit-not-delivered" = {
      namespace   = "AWS/Firehose"
      metric      = "DeliveryToS3.Success"
      dimensions  = local.stream
      statistic   = "Minimum"
      period      = 300
      comparison  = "LessThanThreshold"
      threshold   = 1
      missing     = "notBreaching"
      runbook     = "audit-not-delivered"
      description = "The stream could not write audit records to their bucket."
    }
    "audit-throttled" = {
      namespace   = "AWS/Firehose"
      metric      = "ThrottledRecords"
      dimensions  = local.stream
      statistic   = "Sum"
      period      = 300
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      missing     = "notBreaching"
      runbook     = "audit-not-delivered"
      description = "The stream refused audit records because too many came at once."
    }
    "certificate" = {
      namespace   = "AWS/CertificateManager"
      metric      = "DaysToExpiry"
      dimensions  = { CertificateArn = data.aws_acm_certificate.this.arn }
      statistic   = "Minimum"
      period      = 86400
      comparison  = "LessThanThreshold"
      threshold   = 30
      missing     = "ignore"
      runbook     = "certificate-and-secrets"
      description = "The certificate ends in less than 30 days and was not renewed."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/${each.value.runbook}.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Calls without records: with strict auditing that cannot be, so somebody should look at once.
resource "aws_cloudwatch_metric_alarm" "audit_silent" {
  alarm_name          = "${local.name}-audit-silent"
  alarm_description   = "Tools were called for 15 minutes and the audit stream took no record. Runbook: docs/runbooks/audit-not-delivered.md"
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "silent"
    label       = "Calls without records"
    expression  = "IF(${join(" + ", [for name in sort(keys(var.connectors)) : "FILL(calls_${name}, 0)"])} > 0 AND FILL(records, 0) == 0, 1, 0)"
    return_data = true
  }

  metric_query {
    id = "records"

    metric {
      namespace   = "AWS/Firehose"
      metric_name = "IncomingRecords"
      dimensions  = local.stream
      stat        = "Sum"
      period      = 300
    }
  }

  dynamic "metric_query" {
    for_each = var.connectors

    content {
      id = "calls_${metric_query.key}"

      metric {
        namespace   = "AIConnectors"
        metric_name = "ToolCalls"
        dimensions  = { Connector = metric_query.key, Environment = var.environment }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}
