# The zone of the environment and one certificate for all hosts in it.

resource "aws_route53_zone" "this" {
  name    = var.zone_name
  comment = "Hosts of AI Connectors, ${var.environment}"
}

resource "aws_acm_certificate" "this" {
  domain_name       = "*.${var.zone_name}"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# One name, so one record.
resource "aws_route53_record" "validation" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = one(aws_acm_certificate.this.domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this.domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this.domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

# Only Amazon may issue certificates for these hosts.
resource "aws_route53_record" "issuers" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.zone_name
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issuewild \"amazon.com\""]
}
