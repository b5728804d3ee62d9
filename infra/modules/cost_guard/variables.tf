variable "environment" {
  description = "Which environment this account is."
  type        = string

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "An environment is dev or prod."
  }
}

variable "monthly_usd" {
  description = "What the account may cost in a month, in US dollars."
  type        = number

  validation {
    condition     = var.monthly_usd > 0
    error_message = "A budget is more than nothing."
  }
}

variable "anomaly_usd" {
  description = "How much more than usual a day must cost before somebody is told, in US dollars."
  type        = number
  default     = 20
}

variable "emails" {
  description = "Who is told."
  type        = set(string)

  validation {
    condition     = length(var.emails) >= 1 && length(var.emails) <= 10
    error_message = "One to ten addresses."
  }
}
