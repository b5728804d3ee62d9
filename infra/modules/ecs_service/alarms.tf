# What only the service can tell. The program's own numbers have their alarms in the connector module,
# whatever it runs on.

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "${local.prefix}-${var.environment}-tasks-unhealthy"
  alarm_description   = "The balancer's health checks of a task fail. Runbook: docs/runbooks/health-check-failing.md"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = { TargetGroup = aws_lb_target_group.this.arn_suffix, LoadBalancer = var.balancer_arn_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  tags = { Connector = var.name }
}

resource "aws_cloudwatch_metric_alarm" "missing" {
  alarm_name          = "${local.prefix}-${var.environment}-tasks-missing"
  alarm_description   = "There are fewer than ${var.min_tasks} healthy tasks. Runbook: docs/runbooks/health-check-failing.md"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { TargetGroup = aws_lb_target_group.this.arn_suffix, LoadBalancer = var.balancer_arn_suffix }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "LessThanThreshold"
  threshold           = var.min_tasks
  # No target at all sends no data, and that is the worst case.
  treat_missing_data = "breaching"
  alarm_actions      = [var.alarms_topic_arn]
  ok_actions         = [var.alarms_topic_arn]

  tags = { Connector = var.name }
}

resource "aws_cloudwatch_metric_alarm" "full" {
  alarm_name          = "${local.prefix}-${var.environment}-tasks-at-maximum"
  alarm_description   = "The service has run ${var.max_tasks} tasks for ten minutes, and may not have more. Runbook: docs/runbooks/many-requests.md"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = { ClusterName = var.cluster_name, ServiceName = aws_ecs_service.this.name }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 10
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.max_tasks
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_topic_arn]
  ok_actions          = [var.alarms_topic_arn]

  tags = { Connector = var.name }
}
