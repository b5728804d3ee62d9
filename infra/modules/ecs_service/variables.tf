variable "environment" {
  description = "Which environment this account is."
  type        = string
}

variable "name" {
  description = "Name of the connector, as in infra/connectors.json."
  type        = string
}

variable "host" {
  description = "Public host of the connector."
  type        = string
}

variable "priority" {
  description = "Priority of the connector; the rule of its service comes five later, so that a function wins while both exist."
  type        = number

  validation {
    condition     = var.priority >= 1 && var.priority <= 49990 && var.priority % 10 == 0
    error_message = "Priorities are tens, so that those of functions and services never meet."
  }
}

variable "cluster_name" {
  description = "Cluster that the service runs in."
  type        = string
}

variable "https_listener_arn" {
  description = "Listener that the rule hangs on."
  type        = string
}

variable "balancer_arn_suffix" {
  description = "Dimension of the balancer's metrics."
  type        = string
}

variable "alarms_topic_arn" {
  description = "Where alarms are sent."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "private_subnet_ids" {
  description = "Where tasks run."
  type        = list(string)

  validation {
    condition     = length(var.private_subnet_ids) > 0
    error_message = "A service needs private subnets."
  }
}

variable "security_group_id" {
  description = "Group of the tasks."
  type        = string
}

variable "repository_url" {
  description = "Where images are."
  type        = string
}

variable "execution_role_arn" {
  description = "What ECS uses to start a task."
  type        = string
}

variable "task_role_arn" {
  description = "What the program uses."
  type        = string
}

variable "min_tasks" {
  description = "How many tasks there are at least."
  type        = number
  default     = 2
}

variable "max_tasks" {
  description = "How many tasks there are at most: the cap on what a connector can cost."
  type        = number
  default     = 10
}
