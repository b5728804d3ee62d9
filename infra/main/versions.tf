terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # The rest is in envs/<environment>/backend.hcl.
  backend "s3" {
    key = "main.tfstate"
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      Project     = "aiconnectors"
      Environment = var.environment
      Owner       = "infra/main"
    }
  }
}
