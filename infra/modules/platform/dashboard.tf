# One page for whoever was woken: is it us, Entra, the upstream, or too many people?

locals {
  dashboard_rows = [for index, name in sort(keys(var.connectors)) : {
    name = name
    y    = 7 + index * 7
  }]

  dashboard_top = [
    { type = "text", x = 0, y = 0, width = 24, height = 1, properties = { markdown = "# AI Connectors, ${var.environment}" } },
    {
      type = "metric", x = 0, y = 1, width = 8, height = 6
      properties = {
        title  = "Requests and refusals"
        region = var.region
        stat   = "Sum"
        period = 60
        metrics = [
          ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", aws_lb.public.arn_suffix],
          [".", "HTTPCode_ELB_4XX_Count", ".", "."],
          [".", "HTTPCode_ELB_5XX_Count", ".", "."],
          ["AWS/WAFV2", "BlockedRequests", "WebACL", "${local.name}-public", "Region", var.region, "Rule", "ALL"],
        ]
      }
    },
    {
      type = "metric", x = 8, y = 1, width = 8, height = 6
      properties = {
        title   = "Audit: age of the oldest record, seconds"
        region  = var.region
        stat    = "Maximum"
        period  = 300
        metrics = [["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", local.audit_name]]
      }
    },
    {
      type = "metric", x = 16, y = 1, width = 8, height = 6
      properties = {
        title  = "Audit: records"
        region = var.region
        stat   = "Sum"
        period = 300
        metrics = [
          ["AWS/Firehose", "IncomingRecords", "DeliveryStreamName", local.audit_name],
          [".", "ThrottledRecords", ".", "."],
        ]
      }
    },
  ]

  dashboard_connectors = flatten([for row in local.dashboard_rows : [
    {
      type = "metric", x = 0, y = row.y, width = 8, height = 7
      properties = {
        title  = "${row.name}: calls and errors"
        region = var.region
        stat   = "Sum"
        period = 300
        metrics = [for metric in ["ToolCalls", "ToolErrors", "Http4xx", "Http5xx", "RateLimited"] :
        ["AIConnectors", metric, "Connector", row.name, "Environment", var.environment]]
      }
    },
    {
      type = "metric", x = 8, y = row.y, width = 8, height = 7
      properties = {
        title  = "${row.name}: p95 milliseconds, ours, Entra's, upstream's"
        region = var.region
        stat   = "p95"
        period = 300
        metrics = [for metric in ["Latency", "OboLatency", "UpstreamLatency"] :
        ["AIConnectors", metric, "Connector", row.name, "Environment", var.environment]]
      }
    },
    {
      type = "metric", x = 16, y = row.y, width = 8, height = 7
      properties = {
        title  = "${row.name}: signing in, and what works with less"
        region = var.region
        stat   = "Sum"
        period = 300
        metrics = [for metric in ["AuthSucceeded", "AuthFailed", "OboFailed", "AuditFallback", "LimiterDegraded", "CacheDegraded", "StoreItemUnreadable"] :
        ["AIConnectors", metric, "Connector", row.name, "Environment", var.environment]]
      }
    },
  ]])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({ widgets = concat(local.dashboard_top, local.dashboard_connectors) })
}
