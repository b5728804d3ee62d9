mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  environment              = "dev"
  account_id               = "111122223333"
  region                   = "eu-central-1"
  name                     = "sharepoint"
  in_vpc                   = false
  log_retention_days       = 30
  kms_key_arn              = "arn:aws:kms:eu-central-1:111122223333:key/1a2b"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/aiconnectors-dev-workload-boundary"
  audit_stream_name        = "aiconnectors-audit-dev"
  alarms_topic_arn         = "arn:aws:sns:eu-central-1:111122223333:aiconnectors-alarms-dev"
  deletion_protection      = true
}

run "names_are_the_documented_ones" {
  command = plan

  assert {
    condition     = output.tables == { storage = "mcp-oauth-storage-mcp-sharepoint-dev", cache = "cache-mcp-sharepoint-dev" }
    error_message = "The tables' names are settings of the program."
  }

  assert {
    condition     = output.log_group == "/aiconnectors/dev/sharepoint"
    error_message = "template.yaml and the task definition name this log group."
  }

  assert {
    condition     = toset([for role in aws_iam_role.this : role.name]) == toset(["mcp-sharepoint-function-role", "mcp-sharepoint-execution-role", "mcp-sharepoint-task-role", "mcp-sharepoint-codedeploy-role"])
    error_message = "template.yaml and the task definition name these roles."
  }

  assert {
    condition     = aws_ecr_repository.this.name == "mcp-sharepoint"
    error_message = "Releases push to this repository."
  }
}

run "tables_expire_recover_and_are_encrypted_with_our_key" {
  command = plan

  assert {
    condition = alltrue([for table in aws_dynamodb_table.this :
      table.hash_key == "pk" && table.ttl[0].attribute_name == "ttl" && table.ttl[0].enabled
      && table.point_in_time_recovery[0].enabled && table.server_side_encryption[0].kms_key_arn == var.kms_key_arn
      && table.billing_mode == "PAY_PER_REQUEST" && table.deletion_protection_enabled
    ])
    error_message = "A table has the key pk, expires by ttl, recovers to any point in time, is encrypted with our key and refuses to be deleted."
  }
}

run "no_role_is_without_its_boundary" {
  command = plan

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.permissions_boundary == var.permissions_boundary_arn])
    error_message = "Every role has the boundary."
  }
}

run "alarms_have_the_documented_limits" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.error_rate.threshold == 5
    error_message = "More than 5 % errors."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.slow.threshold == 500 && aws_cloudwatch_metric_alarm.slow.extended_statistic == "p95" && aws_cloudwatch_metric_alarm.slow.period == 300
    error_message = "The 95th percentile over 500 ms for five minutes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.counter["obo-failures"].threshold == 10 && aws_cloudwatch_metric_alarm.counter["obo-failures"].period == 300
    error_message = "More than 10 failed exchanges in five minutes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.counter["audit-fallback"].threshold == 0
    error_message = "A single record outside the stream."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.contributor["failed-sign-ins-from-one-address"].threshold == 10 && one(aws_cloudwatch_metric_alarm.contributor["failed-sign-ins-from-one-address"].metric_query).period == 300
    error_message = "More than 10 failed authentications from one address in five minutes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.contributor["many-calls-of-one-tool"].threshold == 1000 && one(aws_cloudwatch_metric_alarm.contributor["many-calls-of-one-tool"].metric_query).period == 3600
    error_message = "More than 1000 calls of one tool in an hour."
  }
}

run "every_alarm_tells_somebody_and_names_its_runbook" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.counter), values(aws_cloudwatch_metric_alarm.contributor), [aws_cloudwatch_metric_alarm.error_rate, aws_cloudwatch_metric_alarm.slow]) :
      contains(alarm.alarm_actions, var.alarms_topic_arn) && can(regex("Runbook: docs/runbooks/[a-z-]+\\.md$", alarm.alarm_description))
    ])
    error_message = "An alarm goes to the topic and says which page helps."
  }
}

run "contributors_are_counted_in_the_connectors_own_log" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_cloudwatch_contributor_insight_rule.this : jsondecode(rule.rule_definition).LogGroupNames == ["/aiconnectors/dev/sharepoint"]])
    error_message = "One connector, one log group."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_contributor_insight_rule.this["failed-sign-ins-from-one-address"].rule_definition).Contribution.Keys == ["$.client_ip"]
    error_message = "Addresses are counted by the field client_ip."
  }
}

run "a_name_that_could_continue_anothers_is_refused" {
  command = plan

  variables {
    name = "teams-archive"
  }

  expect_failures = [var.name]
}
