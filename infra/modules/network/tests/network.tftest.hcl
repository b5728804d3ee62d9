mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  environment              = "dev"
  account_id               = "111122223333"
  region                   = "eu-central-1"
  private                  = false
  log_retention_days       = 30
  kms_key_arn              = "arn:aws:kms:eu-central-1:111122223333:key/1a2b"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/aiconnectors-dev-workload-boundary"
}

run "nothing_is_paid_for_while_nothing_runs_inside" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) + length(aws_eip.nat) + length(aws_vpc_endpoint.interface) == 0
    error_message = "NAT gateways, addresses and interface endpoints cost money every hour."
  }

  assert {
    condition     = length(aws_subnet.private) == 0
    error_message = "No private subnets without a reason."
  }

  assert {
    condition     = [for subnet in aws_subnet.public : subnet.cidr_block] == ["10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20"]
    error_message = "The public subnets are the documented ones."
  }
}

run "the_private_half_has_its_way_out_and_doors_to_aws" {
  command = plan

  variables {
    private = true
  }

  assert {
    condition     = [for subnet in aws_subnet.private : subnet.cidr_block] == ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20"]
    error_message = "The private subnets are the documented ones."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 3
    error_message = "One gateway serves all three zones."
  }

  assert {
    condition     = toset([for endpoint in aws_vpc_endpoint.gateway : endpoint.service_name]) == toset(["com.amazonaws.eu-central-1.dynamodb", "com.amazonaws.eu-central-1.s3"])
    error_message = "Tables and buckets are reached without NAT."
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "kinesis-firehose", "logs", "ssm"])
    error_message = "Audit, logs, parameters and images are reached without NAT."
  }
}

run "three_gateways_survive_a_zone" {
  command = plan

  variables {
    private      = true
    nat_gateways = 3
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "One gateway in each zone."
  }
}

run "tasks_are_reached_by_the_balancer_only" {
  command = plan

  assert {
    condition     = aws_vpc_security_group_ingress_rule.workload_from_balancer.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.workload_from_balancer.from_port == 8000
    error_message = "No address may reach a task, only the balancer's group."
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL"
    error_message = "What was refused is logged too."
  }
}

run "two_gateways_are_refused" {
  command = plan

  variables {
    private      = true
    nat_gateways = 2
  }

  expect_failures = [var.nat_gateways]
}

run "an_unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [var.environment]
}
