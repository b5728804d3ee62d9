# Secrets are made here empty and filled by hand. Terraform writes the first value only, reads none back
# and keeps none in its state.

locals {
  secrets = toset(["azure-client-secret", "storage-encryption-keys"])

  secret_parameters = {
    for pair in setproduct(var.connectors, local.secrets) : "${pair[0]}/${pair[1]}" => { connector = pair[0], secret = pair[1] }
  }
}

resource "aws_ssm_parameter" "secret" {
  for_each = local.secret_parameters

  name             = "/aiconnectors/${var.environment}/${each.key}"
  description      = "Filled by hand; see docs/deploy.md."
  type             = "SecureString"
  key_id           = aws_kms_key.this.arn
  value_wo         = "to be filled by hand"
  value_wo_version = 1

  tags = { Connector = each.value.connector }
}

resource "aws_ssm_parameter" "client_id" {
  for_each = var.client_ids

  name        = "/aiconnectors/${var.environment}/${each.key}/azure-client-id"
  description = "Client id of the connector's app registration. No secret."
  type        = "String"
  value       = each.value

  tags = { Connector = each.key }
}
