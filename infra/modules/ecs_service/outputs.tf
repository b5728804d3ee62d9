output "service_name" {
  description = "Name of the service, for releases."
  value       = aws_ecs_service.this.name
}

output "rule_priority" {
  description = "Priority of the service's rule."
  value       = aws_lb_listener_rule.this.priority
}
