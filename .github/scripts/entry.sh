#!/usr/bin/env bash
# Prints, as outputs of a step, what the list of connectors says of $CONNECTOR.
set -euo pipefail

entry=$(jq --arg name "$CONNECTOR" '.[] | select(.name == $name)' infra/connectors.json)
if [ -z "$entry" ]; then
  echo "error: infra/connectors.json has no connector called $CONNECTOR" >&2
  exit 1
fi
host=$(jq --raw-output .host <<< "$entry")
flavour=$(jq --raw-output .flavour <<< "$entry")
case $flavour in
  lambda | ecs) ;;
  *) echo "error: infra/connectors.json: $CONNECTOR has the flavour $flavour" >&2 && exit 1 ;;
esac
echo "flavour=$flavour"
echo "dev-url=https://$host.$DEV_ZONE"
echo "production-url=https://$host.$PRODUCTION_ZONE"
