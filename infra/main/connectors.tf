# The one list. Everything per connector follows from it.

locals {
  connectors = { for connector in jsondecode(file("${path.module}/../connectors.json")) : connector.name => connector }

  on_ecs = toset([
    for name, connector in local.connectors : name
    if connector.flavour == "ecs" || contains(var.also_on_ecs, name)
  ])
}

resource "terraform_data" "connectors_are_sound" {
  input = sort(keys(local.connectors))

  lifecycle {
    precondition {
      condition     = alltrue([for connector in local.connectors : contains(["lambda", "ecs"], connector.flavour)])
      error_message = "infra/connectors.json: a flavour is lambda or ecs."
    }

    precondition {
      condition     = length(distinct([for connector in local.connectors : connector.priority])) == length(local.connectors)
      error_message = "infra/connectors.json: two connectors have one priority."
    }

    precondition {
      condition     = length(distinct([for connector in local.connectors : connector.host])) == length(local.connectors)
      error_message = "infra/connectors.json: two connectors have one host."
    }

    precondition {
      condition     = alltrue([for name in var.also_on_ecs : contains(keys(local.connectors), name)])
      error_message = "also_on_ecs names a connector that is not in infra/connectors.json."
    }
  }
}
