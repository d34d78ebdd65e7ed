#!/usr/bin/env bash
# Makes build/heddle-gpu.tar.xz from the programs in build/pack/bin: ./heddle pack builds those first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=build/pack/heddle-gpu
rm -rf "$folder"
mkdir -p "$folder"/{bench,bin,lib,scripts,share/heddle,tests/fixtures}

cp build/pack/bin/*_test build/pack/bin/*_bench build/pack/bin/train_cifar10 "$folder/bin/"
strip --strip-debug "$folder"/bin/*
# What Debian has only as a shared library travels beside the programs; the C library and the driver belong to the machine.
ldd "$folder"/bin/* | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u |
  grep -Ev '/(libc|libm|libdl|librt|libpthread)\.so\.|/ld-linux' | xargs -r cp -L -t "$folder/lib/"
cp heddle LICENSE README.md "$folder/"
cp scripts/check_gpu.py "$folder/scripts/"
cp bench/compare_pytorch_kernels.py bench/pytorch_operations.py "$folder/bench/"
cp scripts/draw_run.py "$folder/share/heddle/"
cp tests/fixtures/*.safetensors "$folder/tests/fixtures/"
cp -r train/recipes "$folder/share/heddle/"
{ git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null || echo unknown; } >"$folder/commit"

# Programs share most of their code: a dictionary that holds several of them finds it.
tar -C build/pack -c heddle-gpu | xz --lzma2=preset=6,dict=256MiB >build/heddle-gpu.tar.xz
echo "build/heddle-gpu.tar.xz: $(du -h build/heddle-gpu.tar.xz | cut -f1), commit $(cat "$folder/commit")"
echo "on the GPU machine: tar xJf heddle-gpu.tar.xz && heddle-gpu/heddle check-gpu"
