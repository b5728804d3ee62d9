output "zone_id" {
  description = "The hosted zone."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "Where the parent zone must point."
  value       = aws_route53_zone.this.name_servers
}

output "kms_key_arn" {
  description = "The key."
  value       = aws_kms_key.this.arn
}

output "buckets" {
  description = "Buckets of state and of artefacts."
  value       = { for key, bucket in aws_s3_bucket.this : key => bucket.id }
}

output "terraform_role_arn" {
  description = "Role that applies infra/main."
  value       = aws_iam_role.terraform.arn
}

output "drift_role_arn" {
  description = "Role that compares the account with infra/main."
  value       = aws_iam_role.drift.arn
}

output "deploy_role_arns" {
  description = "Role that releases each connector."
  value       = { for name, role in aws_iam_role.deploy : name => role.arn }
}

output "secret_parameters" {
  description = "What must be filled by hand."
  value       = sort([for parameter in aws_ssm_parameter.secret : parameter.name])
}
