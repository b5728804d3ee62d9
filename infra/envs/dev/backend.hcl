bucket       = "nn-aiconnectors-terraform-dev"
region       = "eu-central-1"
encrypt      = true
use_lockfile = true
