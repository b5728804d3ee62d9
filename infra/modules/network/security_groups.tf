# Who may talk to whom. A group costs nothing, so all exist, whatever runs.

resource "aws_security_group" "balancer" {
  name        = "${local.name}-balancer"
  description = "The public load balancer: HTTPS from everywhere, HTTP to be redirected."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-balancer" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "balancer_https" {
  security_group_id = aws_security_group.balancer.id
  description       = "People and their assistants"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "balancer_http" {
  security_group_id = aws_security_group.balancer.id
  description       = "Redirected to HTTPS, never served"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_tasks" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Tasks on ECS; functions are invoked, not connected to"
  referenced_security_group_id = aws_security_group.workload.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_security_group" "workload" {
  name        = "${local.name}-workload"
  description = "Tasks on ECS, and functions when they are attached to the VPC."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-workload" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "workload_from_balancer" {
  security_group_id            = aws_security_group.workload.id
  description                  = "The load balancer, and nobody else"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_egress_rule" "workload_https" {
  security_group_id = aws_security_group.workload.id
  description       = "Entra, Microsoft Graph and AWS; the program pins each host"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "endpoints" {
  name        = "${local.name}-endpoints"
  description = "Doors to AWS services inside the VPC."
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-endpoints" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_workload" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "Tasks and attached functions"
  referenced_security_group_id = aws_security_group.workload.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
