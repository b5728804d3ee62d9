# A connector as a service on Fargate: what outlives a release. Releases register task definitions
# (functions/<name>/ecs/) and point the service at them; Terraform leaves that alone.

locals {
  prefix = "mcp-${var.name}"
  port   = 8000
}

# A service cannot be made without a task definition. This one has an image that is never pushed, so
# the service waits, without answering, for its first release.
resource "aws_ecs_task_definition" "awaiting_release" {
  family                   = local.prefix
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode([{
    name                   = local.prefix
    image                  = "${var.repository_url}:awaiting-release"
    essential              = true
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = local.port, protocol = "tcp" }]
  }])

  tags = { Connector = var.name }
}

resource "aws_ecs_service" "this" {
  name                               = "${local.prefix}-main-svc"
  cluster                            = var.cluster_name
  task_definition                    = aws_ecs_task_definition.awaiting_release.arn
  launch_type                        = "FARGATE"
  desired_count                      = var.min_tasks
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 30
  enable_execute_command             = false
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = false

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = local.prefix
    container_port   = local.port
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  tags = { Connector = var.name }

  lifecycle {
    # The release's and the autoscaler's.
    ignore_changes = [task_definition, desired_count]
  }

  # A target group must hang on a listener before a service can use it.
  depends_on = [aws_lb_listener_rule.this]
}
