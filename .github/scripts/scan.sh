#!/usr/bin/env bash
# Scans with $TOOL and leaves $TOOL.sarif. Findings do not fail this: they are filed, and the tests
# of `tests/deployment` are what refuses a change.
set -euo pipefail

case $TOOL in
  zizmor)
    target/tools/linters/bin/zizmor --offline --persona pedantic --format sarif --no-exit-codes \
      .github > zizmor.sarif
    ;;
  checkov)
    folder=$(mktemp -d)
    target/tools/checkov/bin/checkov --directory . --framework cloudformation terraform dockerfile \
      --skip-path target --skip-download --compact --quiet --soft-fail \
      --output sarif --output-file-path "$folder"
    mv "$folder/results_sarif.sarif" checkov.sarif
    ;;
  *) echo "error: there is no scan by $TOOL" >&2 && exit 1 ;;
esac
