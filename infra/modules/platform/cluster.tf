# Where services of the ECS flavour run. Without services it costs nothing, so it always exists.

resource "aws_ecs_cluster" "this" {
  name = "${local.name}-aiconnectors"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE"]
}
