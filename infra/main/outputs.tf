output "hosts" {
  description = "Public host of each connector."
  value       = module.platform.hosts
}

output "balancer_dns_name" {
  description = "What the hosts lead to."
  value       = module.platform.balancer_dns_name
}

output "https_listener_arn" {
  description = "The listener that rules hang on."
  value       = module.platform.https_listener_arn
}

output "on_ecs" {
  description = "Connectors that have a service."
  value       = sort(tolist(local.on_ecs))
}
