mock_provider "aws" {}

variables {
  environment         = "dev"
  name                = "sharepoint"
  host                = "sharepoint.dev.example.com"
  priority            = 100
  cluster_name        = "aiconnectors-dev-aiconnectors"
  https_listener_arn  = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/aiconnectors-public/1a/2b"
  balancer_arn_suffix = "app/aiconnectors-public/1a"
  alarms_topic_arn    = "arn:aws:sns:eu-central-1:111122223333:aiconnectors-alarms-dev"
  vpc_id              = "vpc-1a2b"
  private_subnet_ids  = ["subnet-1a", "subnet-2b"]
  security_group_id   = "sg-1a2b"
  repository_url      = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mcp-sharepoint"
  execution_role_arn  = "arn:aws:iam::111122223333:role/mcp-sharepoint-execution-role"
  task_role_arn       = "arn:aws:iam::111122223333:role/mcp-sharepoint-task-role"
}

run "the_rule_stands_behind_that_of_the_function" {
  command = plan

  assert {
    condition     = aws_lb_listener_rule.this.priority == 105
    error_message = "Five later than the function's, so that the function wins while both exist."
  }

  assert {
    condition     = one(one(aws_lb_listener_rule.this.condition).host_header).values == toset(["sharepoint.dev.example.com"])
    error_message = "The rule is for the connector's host alone."
  }
}

run "the_service_is_the_documented_one" {
  command = plan

  assert {
    condition     = aws_ecs_service.this.name == "mcp-sharepoint-main-svc" && aws_ecs_task_definition.awaiting_release.family == "mcp-sharepoint"
    error_message = "Releases name the service and the family."
  }

  assert {
    condition     = one(aws_ecs_service.this.load_balancer).container_name == "mcp-sharepoint" && one(aws_ecs_service.this.load_balancer).container_port == 8000
    error_message = "The task definition names the container and its port."
  }

  assert {
    condition     = one(aws_ecs_service.this.network_configuration).assign_public_ip == false && !aws_ecs_service.this.enable_execute_command
    error_message = "No task has a public address, and nobody opens a shell in one."
  }

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker).enable && one(aws_ecs_service.this.deployment_circuit_breaker).rollback
    error_message = "A release that does not get healthy is taken back."
  }
}

run "tasks_are_checked_every_15_seconds" {
  command = plan

  assert {
    condition     = one(aws_lb_target_group.this.health_check).path == "/health" && one(aws_lb_target_group.this.health_check).interval == 15
    error_message = "/health every 15 seconds."
  }
}

run "there_are_two_to_ten_tasks_by_processor_and_memory" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 10
    error_message = "Two to ten."
  }

  assert {
    condition = toset([for policy in aws_appautoscaling_policy.this :
      one(one(policy.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type
    ]) == toset(["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"])
    error_message = "By processor and by memory."
  }
}

run "a_priority_between_two_tens_is_refused" {
  command = plan

  variables {
    priority = 105
  }

  expect_failures = [var.priority]
}

run "a_service_without_subnets_is_refused" {
  command = plan

  variables {
    private_subnet_ids = []
  }

  expect_failures = [var.private_subnet_ids]
}
