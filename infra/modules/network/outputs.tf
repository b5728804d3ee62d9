output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of the load balancer."
  value       = [for zone in local.zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets of tasks and attached functions; none when nothing runs inside."
  value       = [for zone, subnet in aws_subnet.private : subnet.id]
}

output "balancer_security_group_id" {
  description = "Group of the load balancer."
  value       = aws_security_group.balancer.id
}

output "workload_security_group_id" {
  description = "Group of tasks and attached functions."
  value       = aws_security_group.workload.id
}
