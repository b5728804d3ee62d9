# What outlives a release, applied by CI. What must exist before CI can do that is in infra/initial.

locals {
  boundary_arn = "arn:aws:iam::${var.account_id}:policy/aiconnectors-${var.environment}-workload-boundary"
}

data "aws_kms_alias" "this" {
  name = "alias/aiconnectors-${var.environment}"
}

module "network" {
  source = "../modules/network"

  environment              = var.environment
  account_id               = var.account_id
  region                   = var.region
  private                  = length(local.on_ecs) > 0 || var.functions_in_vpc
  nat_gateways             = var.nat_gateways
  log_retention_days       = var.log_retention_days
  kms_key_arn              = data.aws_kms_alias.this.target_key_arn
  permissions_boundary_arn = local.boundary_arn
}

module "platform" {
  source = "../modules/platform"

  environment                = var.environment
  account_id                 = var.account_id
  region                     = var.region
  connectors                 = { for name, connector in local.connectors : name => connector.host }
  zone_name                  = var.zone_name
  vpc_id                     = module.network.vpc_id
  public_subnet_ids          = module.network.public_subnet_ids
  private_subnet_ids         = module.network.private_subnet_ids
  balancer_security_group_id = module.network.balancer_security_group_id
  workload_security_group_id = module.network.workload_security_group_id
  kms_key_arn                = data.aws_kms_alias.this.target_key_arn
  permissions_boundary_arn   = local.boundary_arn
  artefact_bucket            = "nn-aiconnectors-artefacts-${var.environment}"
  alarm_emails               = var.alarm_emails
  log_retention_days         = var.log_retention_days
  deletion_protection        = var.deletion_protection
}

module "connector" {
  source   = "../modules/connector"
  for_each = local.connectors

  environment              = var.environment
  account_id               = var.account_id
  region                   = var.region
  name                     = each.key
  in_vpc                   = var.functions_in_vpc
  log_retention_days       = var.log_retention_days
  kms_key_arn              = data.aws_kms_alias.this.target_key_arn
  permissions_boundary_arn = local.boundary_arn
  # By name, not from the stream: policies are then known in the plan.
  audit_stream_name   = "aiconnectors-audit-${var.environment}"
  alarms_topic_arn    = module.platform.alarms_topic_arn
  deletion_protection = var.deletion_protection
}

module "ecs_service" {
  source   = "../modules/ecs_service"
  for_each = local.on_ecs

  environment         = var.environment
  name                = each.key
  host                = module.platform.hosts[each.key]
  priority            = local.connectors[each.key].priority
  cluster_name        = module.platform.cluster_name
  https_listener_arn  = module.platform.https_listener_arn
  balancer_arn_suffix = module.platform.balancer_arn_suffix
  alarms_topic_arn    = module.platform.alarms_topic_arn
  vpc_id              = module.network.vpc_id
  private_subnet_ids  = module.network.private_subnet_ids
  security_group_id   = module.network.workload_security_group_id
  repository_url      = module.connector[each.key].repository_url
  execution_role_arn  = module.connector[each.key].role_arns["execution"]
  task_role_arn       = module.connector[each.key].role_arns["task"]
}
