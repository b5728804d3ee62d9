output "admin_consent_urls" {
  description = "Where an administrator agrees to each connector's permissions, once."
  value       = { for name, registration in module.registration : name => registration.admin_consent_url }
}

output "name_servers" {
  description = "Where the parent zone must point."
  value       = module.account.name_servers
}

output "secret_parameters" {
  description = "What must be filled by hand."
  value       = module.account.secret_parameters
}

output "terraform_role_arn" {
  description = "Role that applies infra/main."
  value       = module.account.terraform_role_arn
}

output "deploy_role_arns" {
  description = "Role that releases each connector."
  value       = module.account.deploy_role_arns
}
