# Applied by hand, once per account and after each new connector: what CI needs before it can work.

locals {
  connectors = { for connector in jsondecode(file("${path.module}/../connectors.json")) : connector.name => connector }
}

module "registration" {
  source   = "../modules/mcp_app_registration"
  for_each = local.connectors

  environment = var.environment
  name        = each.key
  base_url    = "https://${each.value.host}.${var.zone_name}"
  scopes      = each.value.scopes
  group_id    = var.group_id
  owners      = var.owners
}

module "account" {
  source = "../modules/account"

  environment       = var.environment
  account_id        = var.account_id
  region            = var.region
  connectors        = keys(local.connectors)
  client_ids        = { for name, registration in module.registration : name => registration.client_id }
  zone_name         = var.zone_name
  github_repository = var.github_repository
  github_subjects   = var.github_subjects
}

module "cost_guard" {
  source = "../modules/cost_guard"

  environment = var.environment
  monthly_usd = var.monthly_usd
  emails      = var.cost_emails
}
