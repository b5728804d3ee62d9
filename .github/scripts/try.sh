#!/usr/bin/env bash
# Starts the program $1 as an ordinary server on this machine and asks for its health. It needs
# nothing of AWS or Entra for that, and whatever it cannot load shows here and not on dev.
set -euo pipefail

program=$1
newest=$(grep --text --only-matching 'GLIBC_2\.[0-9]*' "$program" | sort --unique --version-sort | tail -n 1)
if [ "$(printf '%s\nGLIBC_2.34\n' "$newest" | sort --version-sort | tail -n 1)" != GLIBC_2.34 ]; then
  echo "error: $program needs $newest, and Amazon Linux 2023 has GLIBC_2.34" >&2
  exit 1
fi
port=${PORT:-8099}
ENVIRONMENT=local ENABLE_OAUTH=false GRAPH_DEBUG_TOKEN=none LISTEN_ADDR=127.0.0.1:$port \
  "$program" > /dev/null &
started=$!
trap 'kill "$started" 2> /dev/null || true' EXIT
curl --silent --show-error --fail --retry 20 --retry-connrefused --retry-delay 1 \
  "http://127.0.0.1:$port/health"
echo
