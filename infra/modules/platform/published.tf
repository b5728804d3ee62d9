# What template.yaml and the delivery need to know and cannot derive from names. A parameter cannot be
# empty: "none" stands for nothing.

locals {
  parameters = {
    https-listener-arn         = aws_lb_listener.https.arn
    vpc-id                     = var.vpc_id
    private-subnet-ids         = length(var.private_subnet_ids) > 0 ? join(",", var.private_subnet_ids) : local.unset
    function-security-group-id = var.workload_security_group_id
    alarms-topic-arn           = aws_sns_topic.alarms.arn
    artefact-bucket            = var.artefact_bucket
  }
}

resource "aws_ssm_parameter" "published" {
  for_each = local.parameters

  name        = "${local.published}/${each.key}"
  description = "Published by infra/main."
  type        = "String"
  value       = each.value
}
