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

variable "connectors" {
  description = "Names of all connectors."
  type        = set(string)
}

variable "client_ids" {
  description = "Client id of each connector's app registration in Entra, by the connector's name."
  type        = map(string)

  validation {
    condition     = alltrue([for id in values(var.client_ids) : can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", id))])
    error_message = "A client id is a GUID."
  }
}

variable "zone_name" {
  description = "DNS zone of the environment, without a trailing dot."
  type        = string
}

variable "github_repository" {
  description = "Repository whose workflows may take the roles, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github_repository))
    error_message = "A repository is owner/name."
  }
}

variable "github_subjects" {
  description = "Which runs may take the roles: ref:refs/heads/main, or environment:Production for the account behind the gate."
  type        = set(string)

  validation {
    condition     = length(var.github_subjects) > 0 && !anytrue([for subject in var.github_subjects : strcontains(subject, "*")])
    error_message = "At least one subject, and no wildcards: a wildcard lets any branch in."
  }
}
