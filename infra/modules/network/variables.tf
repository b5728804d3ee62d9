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
  description = "Region of everything; its zones a, b and c are used."
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC; a /16, because the subnets are counted from it."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = endswith(var.cidr, "/16") && can(cidrhost(var.cidr, 0))
    error_message = "The VPC is a /16, such as 10.0.0.0/16."
  }
}

variable "private" {
  description = "Whether anything runs inside: private subnets, NAT and endpoints exist only then."
  type        = bool
}

variable "nat_gateways" {
  description = "How many NAT gateways there are when there are private subnets: 1 is cheap, 3 survive the loss of a zone."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 3], var.nat_gateways)
    error_message = "One NAT gateway for all zones, or one in each of the three."
  }
}

variable "log_retention_days" {
  description = "How long flow logs are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow logs."
  type        = string
}

variable "permissions_boundary_arn" {
  description = "Boundary of the role that writes the flow logs."
  type        = string
}
