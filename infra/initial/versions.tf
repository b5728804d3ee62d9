terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }

  # The rest is in envs/<environment>/backend.hcl. The bucket is made by this very configuration: see
  # README.md for the first apply.
  backend "s3" {
    key = "initial.tfstate"
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      Project     = "aiconnectors"
      Environment = var.environment
      Owner       = "infra/initial"
    }
  }
}

provider "azuread" {
  tenant_id = var.tenant_id
}
