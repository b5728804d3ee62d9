#!/usr/bin/env bash
# Prints, as an output of a step, which connectors keep their ECS service although they are Lambda
# functions by infra/connectors.json: those whose service infra/main made and still has. $SETTLED is
# not among them. The state is asked and not ECS, because a service of the same name may belong to
# the platform that came before.
set -euo pipefail

export TF_IN_AUTOMATION=1 TF_INPUT=0
terraform -chdir=infra/main init -lockfile=readonly -reconfigure \
  -backend-config="../envs/$ENVIRONMENT/backend.hcl" >&2
# Nothing, where nothing was applied yet.
state=$(terraform -chdir=infra/main state pull)
services=$(jq --compact-output \
  '[.resources[]? | select(.type == "aws_ecs_service") | .instances[].attributes.name]' \
  <<< "${state:-null}")
also=$(jq --compact-output --argjson services "$services" --arg settled "${SETTLED:-}" \
  '[.[] | select(.flavour == "lambda" and .name != $settled) | .name
    | select("mcp-\(.)-main-svc" | IN($services[]))]' \
  infra/connectors.json)
echo "also-on-ecs=$also"
