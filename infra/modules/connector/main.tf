# What one connector keeps when its code is replaced: two tables, a log, a place for images.

locals {
  prefix    = "mcp-${var.name}"
  log_group = "/aiconnectors/${var.environment}/${var.name}"

  tables = {
    storage = "mcp-oauth-storage-${local.prefix}-${var.environment}"
    cache   = "cache-${local.prefix}-${var.environment}"
  }

  # The secrets are made by infra/initial, empty, and filled by hand.
  parameters = ["azure-client-id", "azure-client-secret", "storage-encryption-keys"]

  # ARNs are written, not asked for: so every policy can be read in the plan, before anything exists.
  table_arns     = { for key, name in local.tables : key => "arn:aws:dynamodb:${var.region}:${var.account_id}:table/${name}" }
  parameter_arns = [for parameter in local.parameters : "arn:aws:ssm:${var.region}:${var.account_id}:parameter/aiconnectors/${var.environment}/${var.name}/${parameter}"]
  log_arn        = "arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.log_group}"
  stream_arn     = "arn:aws:firehose:${var.region}:${var.account_id}:deliverystream/${var.audit_stream_name}"
  function_arn   = "arn:aws:lambda:${var.region}:${var.account_id}:function:${local.prefix}"
  repository_arn = "arn:aws:ecr:${var.region}:${var.account_id}:repository/${local.prefix}"
}

# storage: clients, sign-ins, grants, kill switch, limiter. cache: tokens for the upstream, sealed.
resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name                        = each.value
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  tags = { Connector = var.name }
}

# Of the function and of the tasks alike.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn

  tags = { Connector = var.name }
}

# Empty while the connector runs on Lambda, which costs nothing; the image must be there before a
# service can be.
resource "aws_ecr_repository" "this" {
  name                 = local.prefix
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.deletion_protection

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }

  tags = { Connector = var.name }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last thirty images; a release older than that is built again."
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}
