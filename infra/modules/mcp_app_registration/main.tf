# One connector in Entra: an API with the scope `access`, which signs people in by itself too, and asks
# Microsoft Graph on their behalf. It has no permission of its own, and no secret in any state.

locals {
  graph_id = data.azuread_application_published_app_ids.well_known.result["MicrosoftGraph"]
}

data "azuread_application_published_app_ids" "well_known" {}

data "azuread_service_principal" "graph" {
  client_id = local.graph_id
}

# Stays the same for the life of the registration: tokens name the scope by it.
resource "random_uuid" "access" {}

resource "azuread_application" "this" {
  display_name     = "mcp-${var.name}-${var.environment}"
  description      = "AI Connectors: ${var.name}, ${var.environment}. Reads on behalf of the person who signed in."
  sign_in_audience = "AzureADMyOrg"
  owners           = var.owners

  # People sign in to the connector itself (docs/sign-in.md).
  web {
    redirect_uris = ["${var.base_url}/oauth/callback"]

    implicit_grant {
      access_token_issuance_enabled = false
      id_token_issuance_enabled     = false
    }
  }

  api {
    # Not set, Entra gives out tokens of version 1, which are refused.
    requested_access_token_version = 2

    oauth2_permission_scope {
      id                         = random_uuid.access.result
      value                      = "access"
      type                       = "User"
      enabled                    = true
      user_consent_display_name  = "Use ${var.name} for you"
      user_consent_description   = "Lets your assistant read what you can read yourself in ${var.name}."
      admin_consent_display_name = "Use ${var.name} on behalf of people"
      admin_consent_description  = "Lets assistants read what the signed-in person can read in ${var.name}. Nothing is written."
    }
  }

  optional_claims {
    # Says when a token belongs to a program, not a person: those are refused.
    access_token {
      name = "idtyp"
    }

    # Says whether the assistant can answer a claims challenge.
    access_token {
      name = "xms_cc"
    }
  }

  required_resource_access {
    resource_app_id = local.graph_id

    dynamic "resource_access" {
      for_each = var.scopes

      content {
        id   = data.azuread_service_principal.graph.oauth2_permission_scope_ids[resource_access.value]
        type = "Scope"
      }
    }
  }

  feature_tags {
    enterprise = true
    hide       = true
  }

  prevent_duplicate_names = true

  lifecycle {
    # A resource of its own, because it contains the client id.
    ignore_changes = [identifier_uris]
  }
}

resource "azuread_application_identifier_uri" "this" {
  application_id = azuread_application.this.id
  identifier_uri = "api://${azuread_application.this.client_id}"
}

resource "azuread_application_pre_authorized" "this" {
  for_each = var.authorized_clients

  application_id       = azuread_application.this.id
  authorized_client_id = each.value
  permission_ids       = [random_uuid.access.result]
}

resource "azuread_service_principal" "this" {
  client_id                    = azuread_application.this.client_id
  app_role_assignment_required = true
  owners                       = var.owners
}

# The role that stands for "no particular role".
resource "azuread_app_role_assignment" "group" {
  app_role_id         = "00000000-0000-0000-0000-000000000000"
  principal_object_id = var.group_id
  resource_object_id  = azuread_service_principal.this.object_id
}
