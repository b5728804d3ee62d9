#!/usr/bin/env bash
# Builds $CONNECTOR for its $FLAVOUR into release/ and prints the digest of the one file that is
# released: a zip for Lambda, an image in a tar (OCI layout) for ECS.
set -euo pipefail

mkdir -p release
case $FLAVOUR in
  lambda)
    rustup target add aarch64-unknown-linux-gnu >&2
    # cargo-lambda brings the linker; it was installed there with its hashes.
    export PATH=$RUNNER_TEMP/tools/bin:$PATH
    cargo xtask package --arm64 >&2
    cp "target/package/$CONNECTOR.zip" release/
    file=release/$CONNECTOR.zip
    # It must start on the machine that it is for; this one is of that kind.
    unzip -q -o "$file" -d "$RUNNER_TEMP/unpacked"
    .github/scripts/try.sh "$RUNNER_TEMP/unpacked/bootstrap" >&2
    ;;
  ecs)
    file=release/$CONNECTOR.oci.tar
    docker buildx create --use >&2
    docker buildx build --file infra/Dockerfile --build-arg "CONNECTOR=$CONNECTOR" \
      --build-arg "COMMIT=$GITHUB_SHA" --platform linux/arm64 \
      --provenance=false --metadata-file release/image.json \
      --output "type=oci,dest=$file" . >&2
    image=$(jq --raw-output '."containerimage.digest"' release/image.json)
    for pair in "dev $DEV_ACCOUNT" "prod $PRODUCTION_ACCOUNT"; do
      read -r environment account <<< "$pair"
      registry=$account.dkr.ecr.eu-central-1.amazonaws.com
      cargo xtask render --env "$environment" "$CONNECTOR" \
        --image "$registry/mcp-$CONNECTOR@$image" > "release/task-definition-$environment.json"
    done
    ;;
  *) echo "error: there is no flavour $FLAVOUR" >&2 && exit 1 ;;
esac
digest=$(sha256sum "$file" | cut --delimiter ' ' --fields 1)
echo "$file $digest" >&2
echo "digest=$digest"
