output "client_id" {
  description = "Client id of the registration."
  value       = azuread_application.this.client_id
}

output "application_id" {
  description = "What an import block would name."
  value       = azuread_application.this.id
}

output "admin_consent_url" {
  description = "Where an administrator agrees to the permissions, once."
  value       = "https://login.microsoftonline.com/${azuread_service_principal.this.application_tenant_id}/adminconsent?client_id=${azuread_application.this.client_id}"
}
