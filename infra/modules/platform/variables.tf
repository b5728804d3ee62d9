variable "environment" {
  description = "Which environment this account is."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "An environment is dev or prod."
  }
}

variable "account_id" {
  description = "The account that this is applied to."
  type        = string
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "connectors" {
  description = "Host label of each connector, by its name."
  type        = map(string)

  validation {
    # CloudWatch takes ten metrics in one alarm; the loss detector compares all connectors with the stream.
    condition     = length(var.connectors) >= 1 && length(var.connectors) <= 9
    error_message = "One to nine connectors; beyond that the alarm audit-silent must be split."
  }
}

variable "zone_name" {
  description = "DNS zone of the environment, without a trailing dot."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "public_subnet_ids" {
  description = "Where the load balancer stands."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Where tasks and attached functions run; none when nothing runs inside."
  type        = list(string)
}

variable "balancer_security_group_id" {
  description = "Group of the load balancer."
  type        = string
}

variable "workload_security_group_id" {
  description = "Group of tasks and attached functions."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts stream, topic and logs."
  type        = string
}

variable "permissions_boundary_arn" {
  description = "Boundary of every role."
  type        = string
}

variable "artefact_bucket" {
  description = "Bucket of released zips, made by infra/initial."
  type        = string
}

variable "alarm_emails" {
  description = "Who gets the alarms. Each address must confirm once."
  type        = set(string)
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Whether balancer and buckets refuse to be deleted with what is in them."
  type        = bool
}

variable "tls_policy" {
  description = "Which TLS versions and ciphers the balancer speaks: TLS 1.3 only."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-3-2021-06"

  validation {
    condition     = contains(["ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"], var.tls_policy)
    error_message = "TLS 1.3 only: ELBSecurityPolicy-TLS13-1-3-2021-06, or its post-quantum sister."
  }
}

variable "requests_per_address" {
  description = "Requests of one address in five minutes before the firewall refuses more. High, because everybody who uses a hosted assistant comes from the few addresses of its vendor."
  type        = number
  default     = 20000
}

variable "registrations_per_address" {
  description = "Client registrations of one address in five minutes before the firewall refuses more."
  type        = number
  default     = 100
}
