#!/usr/bin/env bash
# Formats every source file in place; with --check changes nothing and fails where something is to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  "") mode=(-i) ;;
  --check) mode=(--dry-run --Werror) ;;
  *) echo "usage: scripts/format.sh [--check]" >&2; exit 2 ;;
esac
git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' '*.cuh' '*.cu' |
  xargs -0 -r -n 8 -P "$(nproc)" clang-format "${mode[@]}"
