#!/usr/bin/env bash
# Deploys release/$CONNECTOR.zip as the function of $CONNECTOR in $ENVIRONMENT. The zip lies in the
# account's bucket under its digest, so the same bytes have the same key in both accounts.
set -euo pipefail

parameter() {
  aws ssm get-parameter --name "/aiconnectors/$ENVIRONMENT/platform/$1" \
    --query Parameter.Value --output text
}

zip=release/$CONNECTOR.zip
bucket=$(parameter artefact-bucket)
key=mcp-$CONNECTOR/sha256/$DIGEST.zip
checksum=$(openssl dgst -sha256 -binary "$zip" | base64)

problem=$(mktemp)
trap 'rm -f "$problem"' EXIT
if ! aws s3api put-object --bucket "$bucket" --key "$key" --body "$zip" \
  --checksum-algorithm SHA256 --checksum-sha256 "$checksum" --if-none-match '*' \
  --metadata "commit=$GITHUB_SHA" 2> "$problem"; then
  # A repeated release finds its own file.
  grep --quiet PreconditionFailed "$problem" || { cat "$problem" >&2 && exit 1; }
fi
kept=$(aws s3api head-object --bucket "$bucket" --key "$key" --checksum-mode ENABLED \
  --query ChecksumSHA256 --output text)
if [ "$kept" != "$checksum" ]; then
  echo "error: s3://$bucket/$key is not the file that was built" >&2
  exit 1
fi

# What differs between the environments beside the names: hosts of the tenant, weights of a cutover.
mapfile -t further < <(jq --raw-output --arg name "$CONNECTOR" \
  '.[$name] // {} | to_entries[] | "\(.key)=\(.value)"' "infra/envs/$ENVIRONMENT/release.json")

# SAM was installed there with its hashes.
export PATH=$RUNNER_TEMP/tools/bin:$PATH SAM_CLI_TELEMETRY=0
# A canary that raises an alarm is taken back by CodeDeploy, and this command fails with it. No
# capability is given: a template that wanted to make a role would be refused.
sam deploy --template-file template.yaml --stack-name "mcp-$CONNECTOR-$ENVIRONMENT" \
  --s3-bucket "$bucket" --s3-prefix "mcp-$CONNECTOR/templates" \
  --no-confirm-changeset --no-fail-on-empty-changeset --no-progressbar \
  --parameter-overrides "Connector=$CONNECTOR" "Environment=$ENVIRONMENT" "ZoneName=$ZONE" \
  "HttpsListenerArn=/aiconnectors/$ENVIRONMENT/platform/https-listener-arn" \
  "ArtefactBucket=$bucket" "ArtefactKey=$key" "ArtefactSha256=$DIGEST" "${further[@]}"
