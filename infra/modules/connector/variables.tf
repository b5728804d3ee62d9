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

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "name" {
  description = "Name of the connector, as in infra/connectors.json."
  type        = string

  validation {
    # No hyphen: then no connector's name can continue another's, and a pattern such as mcp-teams-* can
    # mean one connector only.
    condition     = can(regex("^[a-z][a-z0-9]{1,19}$", var.name))
    error_message = "A connector's name has 2 to 20 lower-case letters and digits and begins with a letter."
  }
}

variable "in_vpc" {
  description = "Whether the function is attached to the VPC, and so needs to make network interfaces."
  type        = bool
}

variable "log_retention_days" {
  description = "How long the log is kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts tables, secrets and log."
  type        = string
}

variable "permissions_boundary_arn" {
  description = "Boundary of every role."
  type        = string
}

variable "audit_stream_name" {
  description = "Stream that takes audit records."
  type        = string
}

variable "alarms_topic_arn" {
  description = "Where alarms are sent."
  type        = string
}

variable "deletion_protection" {
  description = "Whether the tables refuse to be deleted, and repositories with images in them too."
  type        = bool
}

variable "slow_answer_ms" {
  description = "An alarm is raised when one answer in twenty takes longer, for five minutes."
  type        = number
  default     = 500
}
