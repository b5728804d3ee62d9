#!/usr/bin/env bash
# Brings the AWS provider of infra/main, with the version and hash of its lock file, to
# $TF_PROVIDER_MIRROR, where the tests look for it. Terraform keeps it in `providers` of its folder.
set -euo pipefail

if [ "$(basename "$TF_PROVIDER_MIRROR")" != providers ]; then
  echo "error: TF_PROVIDER_MIRROR must end with /providers" >&2
  exit 1
fi
TF_DATA_DIR=$(dirname "$TF_PROVIDER_MIRROR") TF_INPUT=0 \
  terraform -chdir=infra/main init -backend=false -lockfile=readonly
