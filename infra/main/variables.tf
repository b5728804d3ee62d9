variable "environment" {
  description = "Which environment this account is."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "An environment is dev or prod."
  }
}

variable "account_id" {
  description = "The account that this is applied to; another one is refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "zone_name" {
  description = "DNS zone of the environment, without a trailing dot."
  type        = string
}

variable "alarm_emails" {
  description = "Who gets the alarms. Each address must confirm once."
  type        = set(string)

  validation {
    condition     = length(var.alarm_emails) > 0
    error_message = "Alarms that nobody gets are no alarms."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}

variable "nat_gateways" {
  description = "How many NAT gateways there are while anything runs in the VPC: 1, or 3."
  type        = number
}

variable "functions_in_vpc" {
  description = "Whether functions are attached to the VPC. They need nothing in it (docs/decisions/0012-outside-the-vpc.md)."
  type        = bool
  default     = false
}

variable "also_on_ecs" {
  description = "Connectors whose service stays although their flavour is lambda: delivery sets it while one moves back."
  type        = set(string)
  default     = []
}

variable "deletion_protection" {
  description = "Whether balancer, tables and buckets refuse to be deleted. Switched off only to take an environment down."
  type        = bool
  default     = true
}
