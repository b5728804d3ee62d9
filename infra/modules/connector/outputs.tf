output "name" {
  description = "Name of the connector."
  value       = var.name
}

output "prefix" {
  description = "What everything of this connector is called after."
  value       = local.prefix
}

output "tables" {
  description = "Names of the tables."
  value       = { for key, table in aws_dynamodb_table.this : key => table.name }
}

output "log_group" {
  description = "Log group of the function and of the tasks."
  value       = aws_cloudwatch_log_group.this.name
}

output "repository_url" {
  description = "Where images are pushed."
  value       = aws_ecr_repository.this.repository_url
}

output "role_arns" {
  description = "Roles by what they are for: function, execution, task, codedeploy."
  value       = { for key, role in aws_iam_role.this : key => role.arn }
}
