mock_provider "aws" {
  mock_data "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:eu-central-1:111122223333:certificate/1a2b" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  environment                = "dev"
  account_id                 = "111122223333"
  region                     = "eu-central-1"
  connectors                 = { sharepoint = "sharepoint", outlook = "mail" }
  zone_name                  = "dev.example.com"
  vpc_id                     = "vpc-1a2b"
  public_subnet_ids          = ["subnet-1a", "subnet-2b", "subnet-3c"]
  private_subnet_ids         = []
  balancer_security_group_id = "sg-1a2b"
  workload_security_group_id = "sg-3c4d"
  kms_key_arn                = "arn:aws:kms:eu-central-1:111122223333:key/1a2b"
  permissions_boundary_arn   = "arn:aws:iam::111122223333:policy/aiconnectors-dev-workload-boundary"
  artefact_bucket            = "nn-aiconnectors-artefacts-dev"
  alarm_emails               = ["team@example.com"]
  log_retention_days         = 30
  deletion_protection        = true
}

run "only_tls_1_3_comes_in_and_the_rest_is_redirected" {
  command = plan

  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-3-") && aws_lb_listener.https.port == 443
    error_message = "TLS 1.3."
  }

  assert {
    condition     = one(one(aws_lb_listener.http.default_action).redirect).status_code == "HTTP_301" && one(one(aws_lb_listener.http.default_action).redirect).protocol == "HTTPS"
    error_message = "HTTP leads to HTTPS."
  }

  assert {
    condition     = one(one(aws_lb_listener.https.default_action).fixed_response).status_code == "404"
    error_message = "A host that nobody serves gets 404 and invokes nothing."
  }
}

run "the_balancer_is_hardened" {
  command = plan

  assert {
    condition     = aws_lb.public.name == "aiconnectors-public" && aws_lb.public.enable_deletion_protection && aws_lb.public.drop_invalid_header_fields && aws_lb.public.desync_mitigation_mode == "strictest" && aws_lb.public.xff_header_processing_mode == "append" && !aws_lb.public.enable_waf_fail_open
    error_message = "Deletion protection, invalid headers dropped, desync strictest, X-Forwarded-For appended, firewall fails closed."
  }

  assert {
    condition     = one(aws_lb.public.access_logs).enabled && one(aws_lb.public.connection_logs).enabled
    error_message = "Who knocked is logged."
  }

  assert {
    condition     = aws_lb_listener.https.routing_http_response_server_enabled == false && aws_lb_listener.https.routing_http_response_x_content_type_options_header_value == "nosniff" && startswith(aws_lb_listener.https.routing_http_response_strict_transport_security_header_value, "max-age=31536000")
    error_message = "HSTS, nosniff, and no Server header."
  }
}

run "audit_records_are_kept_as_documented" {
  command = plan

  assert {
    condition     = aws_s3_bucket.audit.bucket == "nn-aiconnectors-audit-dev" && aws_kinesis_firehose_delivery_stream.audit.name == "aiconnectors-audit-dev"
    error_message = "Bucket and stream have the documented names."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.audit.extended_s3_configuration).buffering_size == 5 && one(aws_kinesis_firehose_delivery_stream.audit.extended_s3_configuration).buffering_interval == 60
    error_message = "5 MB or 60 seconds."
  }

  assert {
    condition     = one(aws_kinesis_firehose_delivery_stream.audit.extended_s3_configuration).prefix == "audit/date=!{timestamp:yyyy-MM-dd}/"
    error_message = "By date."
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.audit.rule).transition).days == 90 && one(one(aws_s3_bucket_lifecycle_configuration.audit.rule).expiration).days == 365
    error_message = "Glacier after 90 days, gone after 365."
  }

  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"])
    error_message = "AES256."
  }
}

run "every_alarm_tells_somebody_what_to_read" {
  command = plan

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.this), [aws_cloudwatch_metric_alarm.audit_silent]) :
      can(regex("Runbook: docs/runbooks/[a-z-]+\\.md$", alarm.alarm_description))
    ])
    error_message = "An alarm says which page helps."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["many-requests"].threshold == 1000 && aws_cloudwatch_metric_alarm.this["many-requests"].period == 60
    error_message = "More than 1000 requests a minute."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["audit-late"].threshold == 900
    error_message = "Records that wait 15 minutes."
  }

  assert {
    condition     = toset([for query in aws_cloudwatch_metric_alarm.audit_silent.metric_query : query.id]) == toset(["silent", "records", "calls_outlook", "calls_sharepoint"])
    error_message = "The loss detector compares the calls of every connector with the stream."
  }
}

run "each_connector_has_its_record" {
  command = plan

  assert {
    condition     = output.hosts == { sharepoint = "sharepoint.dev.example.com", outlook = "mail.dev.example.com" }
    error_message = "A record for each connector's host."
  }
}

run "what_others_need_is_published" {
  command = plan

  assert {
    condition     = toset([for parameter in aws_ssm_parameter.published : parameter.name]) == toset([for name in ["https-listener-arn", "vpc-id", "private-subnet-ids", "function-security-group-id", "alarms-topic-arn", "artefact-bucket"] : "/aiconnectors/dev/platform/${name}"])
    error_message = "template.yaml and the delivery read these."
  }

  assert {
    condition     = nonsensitive(aws_ssm_parameter.published["private-subnet-ids"].value) == "none"
    error_message = "No subnets are published as none, because a parameter cannot be empty."
  }
}

run "the_firewall_lets_sign_ins_of_laptops_through" {
  command = plan

  assert {
    condition     = contains(local.counted, "GenericRFI_QUERYARGUMENTS") && contains(local.counted, "GenericRFI_BODY") && contains(local.counted, "SizeRestrictions_BODY")
    error_message = "A loopback redirect in a query or body, and a long body, are ordinary."
  }
}

run "an_older_tls_is_refused" {
  command = plan

  variables {
    tls_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.tls_policy]
}
