variable "environment" {
  description = "Which environment this account is."
  type        = string
}

variable "account_id" {
  description = "The account that this is applied to; another one is refused."
  type        = string
}

variable "region" {
  description = "Region of everything."
  type        = string
}

variable "zone_name" {
  description = "DNS zone of the environment, without a trailing dot."
  type        = string
}

variable "existing_zone_id" {
  description = "Id of the zone when it exists already: it is adopted, not made."
  type        = string
  default     = null
}

variable "tenant_id" {
  description = "The Entra tenant."
  type        = string
}

variable "group_id" {
  description = "Group whose members may sign in to every connector."
  type        = string
}

variable "owners" {
  description = "Object ids of the people who look after the registrations."
  type        = set(string)
}

variable "existing_application_ids" {
  description = "Object id of a connector's registration when it exists already, by the connector's name: it is adopted, not made."
  type        = map(string)
  default     = {}
}

variable "github_repository" {
  description = "Repository whose workflows may take the roles, as owner/name."
  type        = string
}

variable "github_subjects" {
  description = "Which runs may take the roles."
  type        = set(string)
}

variable "monthly_usd" {
  description = "What the account may cost in a month, in US dollars."
  type        = number
}

variable "cost_emails" {
  description = "Who is told about costs."
  type        = set(string)
}
