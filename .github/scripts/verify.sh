#!/usr/bin/env bash
# Refuses a file that is not the one that was built ($DIGEST), or whose provenance does not say
# that this repository's own workflow built it from this very commit.
set -euo pipefail

case $FLAVOUR in
  lambda) file=release/$CONNECTOR.zip ;;
  ecs) file=release/$CONNECTOR.oci.tar ;;
  *) echo "error: there is no flavour $FLAVOUR" >&2 && exit 1 ;;
esac
echo "$DIGEST  $file" | sha256sum --check --strict
gh attestation verify "$file" --repo "$GITHUB_REPOSITORY" \
  --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/tmpl-deploy-mcp.yml" \
  --source-digest "$GITHUB_SHA" --deny-self-hosted-runners
