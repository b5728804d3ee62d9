#!/usr/bin/env bash
# Fails when $ENVIRONMENT is not what infra/main says. It takes no lock and changes nothing.
set -euo pipefail

export TF_IN_AUTOMATION=1 TF_INPUT=0
also=$(.github/scripts/moving.sh)
terraform -chdir=infra/main plan -detailed-exitcode -lock=false \
  -var-file="../envs/$ENVIRONMENT/main.tfvars" -var "also_on_ecs=${also#*=}"
