bucket       = "nn-aiconnectors-terraform-prod"
region       = "eu-central-1"
encrypt      = true
use_lockfile = true
