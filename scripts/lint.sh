#!/usr/bin/env bash
# Runs clang-tidy over the host sources and the emulated build of the kernels, or over the files given; needs a
# configured build/cpu for the compiler's options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ -e build/cpu/compile_commands.json ] || cmake --preset cpu
if [ $# -eq 0 ]; then
  mapfile -t files < <(git ls-files '*.cpp'; find build/cpu -path '*/emulated/*.cu.cpp')
  set -- "${files[@]}"
fi
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/cpu --quiet
