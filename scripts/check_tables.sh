#!/usr/bin/env bash
# Compares the tables beside the steps of examples/matrix_product with what the inspector prints; --accept writes them.
# usage: scripts/check_tables.sh INSPECT [--accept]    INSPECT is the program, such as build/cpu/bin/inspect
set -euo pipefail
inspect=$(readlink -f "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../examples/matrix_product"
status=0
for step in *.cuh; do
  step=${step%.cuh}
  printed=$("$inspect" "matrix_product_$step" 128x128x128)
  if [ "${2:-}" = --accept ]; then
    echo "$printed" >"$step.txt"
  elif ! diff -u "$step.txt" - <<<"$printed"; then
    echo "examples/matrix_product/$step.txt is not what the inspector prints: scripts/check_tables.sh $1 --accept" >&2
    status=1
  fi
done
exit $status
