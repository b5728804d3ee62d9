variable "environment" {
  description = "Which environment this registration is for."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "An environment is dev or prod."
  }
}

variable "name" {
  description = "Name of the connector, as in infra/connectors.json."
  type        = string
}

variable "base_url" {
  description = "Public address of the connector, without a trailing slash."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.base_url))
    error_message = "An address is https:// and a host, nothing else."
  }
}

variable "scopes" {
  description = "Delegated permissions of Microsoft Graph that the connector asks for. Reading only."
  type        = set(string)

  validation {
    condition = alltrue([
      for scope in var.scopes : can(regex("\\.Read(\\.|$|Basic)", scope)) && !can(regex("(Write|Send|Manage|FullControl)", scope))
    ])
    error_message = "Connectors are read-only: every scope reads, and none writes, sends or manages."
  }
}

variable "group_id" {
  description = "Group whose members may sign in."
  type        = string
}

variable "owners" {
  description = "Object ids of the people who look after the registration."
  type        = set(string)
}

variable "authorized_clients" {
  description = "Client ids of assistants with a registration of their own, which people need not consent to."
  type        = set(string)
  default     = []
}
