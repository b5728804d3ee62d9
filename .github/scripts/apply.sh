#!/usr/bin/env bash
# Applies infra/main to $ENVIRONMENT, which moving.sh has made ready. Releases of other connectors may
# apply it at the same time, so it waits for their lock.
set -euo pipefail

export TF_IN_AUTOMATION=1 TF_INPUT=0
terraform -chdir=infra/main plan -lock-timeout=20m -out=release.tfplan \
  -var-file="../envs/$ENVIRONMENT/main.tfvars" -var "also_on_ecs=$ALSO_ON_ECS"
terraform -chdir=infra/main apply -lock-timeout=20m release.tfplan
