#!/usr/bin/env bash
# Refuses a file that is not the one that was built ($DIGEST), and every file whose provenance does
# not say that this repository's own workflow built it from this very commit.
set -euo pipefail

case $FLAVOUR in
  lambda) files=("release/$CONNECTOR.zip") ;;
  ecs) files=("release/$CONNECTOR.oci.tar" "release/task-definition-$ENVIRONMENT.json") ;;
  *) echo "error: there is no flavour $FLAVOUR" >&2 && exit 1 ;;
esac
echo "$DIGEST  ${files[0]}" | sha256sum --check --strict
for file in "${files[@]}"; do
  gh attestation verify "$file" --repo "$GITHUB_REPOSITORY" \
    --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/tmpl-deploy-mcp.yml" \
    --source-digest "$GITHUB_SHA" --deny-self-hosted-runners
done
