# What becomes of infra/connectors.json, whatever it says. The tests of the repository run this with
# other lists too.

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

run "everything_follows_from_the_list" {
  command = plan

  assert {
    condition     = toset(keys(module.connector)) == toset(keys(local.connectors)) && toset(keys(output.hosts)) == toset(keys(local.connectors))
    error_message = "Each connector of the list has its tables, roles and record."
  }

  assert {
    condition     = toset(keys(module.ecs_service)) == toset([for connector in local.connectors : connector.name if connector.flavour == "ecs"])
    error_message = "One word makes the service and its rule."
  }

  assert {
    condition     = alltrue([for name, service in module.ecs_service : service.rule_priority == local.connectors[name].priority + 5])
    error_message = "A service's rule stands five behind its connector's priority."
  }

  assert {
    condition     = (length(module.network.private_subnet_ids) > 0) == (length(module.ecs_service) > 0)
    error_message = "The private half exists for services, and only then."
  }
}
