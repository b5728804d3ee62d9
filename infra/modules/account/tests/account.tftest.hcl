mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  environment       = "dev"
  account_id        = "111122223333"
  region            = "eu-central-1"
  connectors        = ["sharepoint", "outlook"]
  client_ids        = { sharepoint = "e0000000-0000-4000-8000-000000000001", outlook = "e0000000-0000-4000-8000-000000000002" }
  zone_name         = "dev.example.com"
  github_repository = "example/ai-connectors"
  github_subjects   = ["ref:refs/heads/main"]
}

run "each_connector_has_a_role_for_its_releases" {
  command = plan

  assert {
    condition     = toset([for role in aws_iam_role.deploy : role.name]) == toset(["mcp-sharepoint-github-actions", "mcp-outlook-github-actions"])
    error_message = "Workflows name these roles."
  }

  assert {
    condition     = aws_iam_role.terraform.name == "aiconnectors-dev-terraform" && aws_iam_role.drift.name == "aiconnectors-dev-drift"
    error_message = "Workflows name these roles too."
  }
}

run "secrets_are_places_to_fill" {
  command = plan

  assert {
    condition     = toset([for parameter in aws_ssm_parameter.secret : parameter.name]) == toset([for pair in setproduct(["sharepoint", "outlook"], ["azure-client-secret", "storage-encryption-keys"]) : "/aiconnectors/dev/${pair[0]}/${pair[1]}"])
    error_message = "Two secrets for each connector."
  }

  assert {
    condition     = alltrue([for parameter in aws_ssm_parameter.secret : parameter.type == "SecureString" && parameter.value_wo_version == 1])
    error_message = "Encrypted, and written without being kept."
  }

  assert {
    condition     = alltrue([for parameter in aws_ssm_parameter.client_id : parameter.type == "String"])
    error_message = "A client id is no secret."
  }
}

run "the_key_rotates" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_alias.this.name == "alias/aiconnectors-dev"
    error_message = "The key rotates, and is found by its alias."
  }
}

run "one_certificate_covers_every_host" {
  command = plan

  assert {
    condition     = aws_acm_certificate.this.domain_name == "*.dev.example.com"
    error_message = "A certificate for every host of the zone."
  }
}

run "any_branch_is_refused" {
  command = plan

  variables {
    github_subjects = ["ref:refs/heads/*"]
  }

  expect_failures = [var.github_subjects]
}

run "what_is_no_client_id_is_refused" {
  command = plan

  variables {
    client_ids = { sharepoint = "sharepoint" }
  }

  expect_failures = [var.client_ids]
}
