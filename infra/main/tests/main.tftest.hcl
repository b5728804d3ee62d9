# What the settings change.

mock_provider "aws" {
  mock_data "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:eu-central-1:111122223333:certificate/1a2b" }
  }

  mock_data "aws_kms_alias" {
    defaults = { target_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1a2b" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  environment        = "dev"
  account_id         = "111122223333"
  region             = "eu-central-1"
  zone_name          = "dev.example.com"
  alarm_emails       = ["team@example.com"]
  log_retention_days = 30
  nat_gateways       = 1
}

run "a_connector_that_moves_back_keeps_its_service_for_a_while" {
  command = plan

  variables {
    also_on_ecs = ["sharepoint"]
  }

  assert {
    condition     = contains(keys(module.ecs_service), "sharepoint")
    error_message = "The service stays until the function was seen to work."
  }
}

run "attached_functions_need_the_private_half" {
  command = plan

  variables {
    functions_in_vpc = true
  }

  assert {
    condition     = length(module.network.private_subnet_ids) == 3
    error_message = "Subnets for the functions."
  }
}

run "a_name_that_is_not_on_the_list_is_refused" {
  command = plan

  variables {
    also_on_ecs = ["sharepiont"]
  }

  expect_failures = [terraform_data.connectors_are_sound]
}

run "alarms_that_nobody_gets_are_refused" {
  command = plan

  variables {
    alarm_emails = []
  }

  expect_failures = [var.alarm_emails]
}
