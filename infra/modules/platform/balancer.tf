# The only public door. Rules of connectors hang on the HTTPS listener: those of functions come from
# template.yaml, those of services from ecs_service. Whatever no rule wants gets 404 and costs nothing.

locals {
  name        = "aiconnectors-${var.environment}"
  unset       = "none"
  published   = "/aiconnectors/${var.environment}/platform"
  audit_name  = "aiconnectors-audit-${var.environment}"
  account_arn = "${var.region}:${var.account_id}"
}

data "aws_route53_zone" "this" {
  name = var.zone_name
}

data "aws_acm_certificate" "this" {
  domain      = "*.${var.zone_name}"
  statuses    = ["ISSUED"]
  most_recent = true
}

resource "aws_lb" "public" {
  name               = "aiconnectors-public"
  load_balancer_type = "application"
  internal           = false
  ip_address_type    = "ipv4"
  subnets            = var.public_subnet_ids
  security_groups    = [var.balancer_security_group_id]

  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  # The last address in X-Forwarded-For is the one that the balancer saw: the audit record's.
  xff_header_processing_mode = "append"
  enable_waf_fail_open       = false
  idle_timeout               = 60
  client_keep_alive          = 3600

  access_logs {
    bucket  = aws_s3_bucket.access_logs.id
    prefix  = "balancer"
    enabled = true
  }

  connection_logs {
    bucket  = aws_s3_bucket.access_logs.id
    prefix  = "connections"
    enabled = true
  }

  # The balancer tries to write when logging is switched on.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.public.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.tls_policy
  certificate_arn   = data.aws_acm_certificate.this.arn

  routing_http_response_server_enabled                         = false
  routing_http_response_strict_transport_security_header_value = "max-age=31536000; includeSubDomains"
  routing_http_response_x_content_type_options_header_value    = "nosniff"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "application/json"
      message_body = jsonencode({ error = "not_found" })
      status_code  = "404"
    }
  }
}

resource "aws_route53_record" "connector" {
  for_each = var.connectors

  zone_id = data.aws_route53_zone.this.zone_id
  name    = "${each.value}.${var.zone_name}"
  type    = "A"

  alias {
    name                   = aws_lb.public.dns_name
    zone_id                = aws_lb.public.zone_id
    evaluate_target_health = false
  }
}
