mock_provider "aws" {}

variables {
  environment = "dev"
  monthly_usd = 150
  emails      = ["team@example.com"]
}

run "somebody_is_told_at_80_and_at_100_percent" {
  command = plan

  assert {
    condition     = toset([for notification in aws_budgets_budget.monthly.notification : notification.threshold if notification.notification_type == "ACTUAL"]) == toset([80, 100])
    error_message = "At 80 % and at 100 % of the month's money."
  }

  assert {
    condition     = alltrue([for notification in aws_budgets_budget.monthly.notification : contains(notification.subscriber_email_addresses, "team@example.com")])
    error_message = "Every notification has somebody to read it."
  }
}

run "an_unusual_day_is_told_of" {
  command = plan

  assert {
    condition     = aws_ce_anomaly_monitor.services.monitor_dimension == "SERVICE" && aws_ce_anomaly_subscription.daily.frequency == "DAILY"
    error_message = "Anomalies are looked for in every service and told daily."
  }
}

run "the_bill_can_be_split_by_connector" {
  command = plan

  assert {
    condition     = contains(keys(aws_ce_cost_allocation_tag.this), "Connector")
    error_message = "Connector is a cost allocation tag."
  }
}

run "nobody_to_tell_is_refused" {
  command = plan

  variables {
    emails = []
  }

  expect_failures = [var.emails]
}
