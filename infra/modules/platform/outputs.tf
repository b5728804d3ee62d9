output "balancer_arn_suffix" {
  description = "Dimension of the balancer's metrics."
  value       = aws_lb.public.arn_suffix
}

output "balancer_dns_name" {
  description = "What the records lead to."
  value       = aws_lb.public.dns_name
}

output "https_listener_arn" {
  description = "The listener that rules hang on."
  value       = aws_lb_listener.https.arn
}

output "alarms_topic_arn" {
  description = "Where alarms are sent."
  value       = aws_sns_topic.alarms.arn
}

output "audit_stream_name" {
  description = "Stream that takes audit records."
  value       = aws_kinesis_firehose_delivery_stream.audit.name
}

output "audit_bucket" {
  description = "Bucket that keeps audit records."
  value       = aws_s3_bucket.audit.id
}

output "cluster_name" {
  description = "Cluster of the ECS flavour."
  value       = aws_ecs_cluster.this.name
}

output "hosts" {
  description = "Public host of each connector."
  value       = { for name, record in aws_route53_record.connector : name => record.name }
}
