#!/usr/bin/env bash
# Unpacks build/heddle-gpu.tar.xz far from the source tree, with an empty environment, and starts what is in it.
set -euo pipefail
archive=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../build/heddle-gpu.tar.xz")

folder=$(mktemp -d "${TMPDIR:-/tmp}/heddle archive.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
tar -xJf "$archive"
cd heddle-gpu

foreign=$(ldd bin/* | awk -v here="$PWD" '
  $2 == "=>" && index($0, here) == 0 && $1 !~ /^(libc|libm|libdl|librt|libpthread)\.so/ {print $1, $3}' | sort -u)
[ -z "$foreign" ] || { echo "the archive's programs need from the machine: $foreign" >&2; exit 1; }

for program in bin/*_test; do
  env -i "$program" --gtest_list_tests >/dev/null || { echo "$program does not start" >&2; exit 1; }
done
for program in bin/*_bench; do
  env -i "$program" --benchmark_list_tests >/dev/null || { echo "$program does not start" >&2; exit 1; }
done
env -i PATH=/usr/bin:/bin ./heddle train --help >/dev/null
env -i HEDDLE_FIXTURES_DIR="$PWD/tests/fixtures" bin/nn_test --gtest_brief=1 >/dev/null
env -i bin/train_cifar10 --dataset synthetic --device cpu --max-steps 2 --run-dir run >/dev/null
echo "check_archive: $(ls bin | wc -l) programs start; beside them lie $(ls lib | tr '\n' ' ')"
