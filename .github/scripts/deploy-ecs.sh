#!/usr/bin/env bash
# Deploys release/$CONNECTOR.oci.tar as the service of $CONNECTOR in $ENVIRONMENT, and takes the
# connector's function away once the service is stable: the service's listener rule stands behind
# the function's, so requests fall through to it without a gap.
set -euo pipefail

registry=$ACCOUNT.dkr.ecr.$AWS_REGION.amazonaws.com
repository=$registry/mcp-$CONNECTOR
cluster=aiconnectors-$ENVIRONMENT-aiconnectors
service=mcp-$CONNECTOR-main-svc
stack=mcp-$CONNECTOR-$ENVIRONMENT
archive=oci-archive:release/$CONNECTOR.oci.tar

aws ecr get-login-password | skopeo login --username AWS --password-stdin "$registry"
built=$(skopeo inspect --format '{{.Digest}}' "$archive")
if ! skopeo inspect "docker://$repository@$built" > /dev/null 2>&1; then
  tag=$GITHUB_SHA
  # Tags cannot be moved. A commit that is built again gives another image, and needs another tag.
  if skopeo inspect "docker://$repository:$tag" > /dev/null 2>&1; then
    tag=$GITHUB_SHA-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT
  fi
  skopeo copy --preserve-digests "$archive" "docker://$repository:$tag"
fi
skopeo inspect "docker://$repository@$built" > /dev/null

task=release/task-definition-$ENVIRONMENT.json
if [ "$(jq --raw-output '.containerDefinitions[0].image' "$task")" != "$repository@$built" ]; then
  echo "error: $task names another image than $repository@$built" >&2
  exit 1
fi
definition=$(aws ecs register-task-definition \
  --cli-input-json "file://$task" \
  --query taskDefinition.taskDefinitionArn --output text)
aws ecs update-service --cluster "$cluster" --service "$service" \
  --task-definition "$definition" > /dev/null
aws ecs wait services-stable --cluster "$cluster" --services "$service"
# A deployment that the circuit breaker took back is stable too, with the definition of before.
running=$(aws ecs describe-services --cluster "$cluster" --services "$service" \
  --query 'services[0].taskDefinition' --output text)
if [ "$running" != "$definition" ]; then
  echo "error: $service went back to $running" >&2
  exit 1
fi

problem=$(mktemp)
trap 'rm -f "$problem"' EXIT
if aws cloudformation describe-stacks --stack-name "$stack" > /dev/null 2> "$problem"; then
  aws cloudformation delete-stack --stack-name "$stack"
  aws cloudformation wait stack-delete-complete --stack-name "$stack"
elif ! grep --quiet 'does not exist' "$problem"; then
  cat "$problem" >&2
  exit 1
fi
