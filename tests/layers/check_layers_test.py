#!/usr/bin/python3
"""Each rule of scripts/check_layers.py is broken once in a small tree, and must be reported there and nowhere else."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "check_layers.py"

CLEAN = {
    "kernels/core/types.h": "#include <cstdint>\n",
    "kernels/machine/memory.h": '#include "kernels/core/types.h"\n',
    "kernels/machine/machine.cuh": '#if defined(__CUDACC__)\n#include "kernels/machine/cuda/launch.cuh"\n#endif\n',
    "kernels/machine/cuda/launch.cuh": '#include <cuda_runtime.h>\nasm("");\n__global__ void kernel();\n',
    "kernels/machine/host/launch.cuh": "",
    "kernels/machine/host/scheduler/grid.cpp": '#include "kernels/machine/host/launch.cuh"\n',
    "kernels/tile/row.cuh": '#include "kernels/machine/machine.cuh"\n',
    "kernels/norm/norm.h": '#include "kernels/core/types.h"\n',
    "kernels/norm/norm.cuh": '#include "kernels/tile/row.cuh"\n// asm __global__ <<<\n/* #if CUDA\nasm */\n',
    "kernels/norm/norm.cu": '#include "kernels/norm/norm.cuh"\nauto text = "<<< asm __global__";\n',
    "kernels/conv/conv.h": "",
    "profiling/range.h": '#include "kernels/core/types.h"\n',
    "ops/norm.h": '#include "kernels/norm/norm.h"\n#include "profiling/range.h"\n',
    "nn/layer.h": '#include "ops/norm.h"\n#include "kernels/core/types.h"\n',
    "train/loop.cpp": '#include "nn/layer.h"\n#include "profiling/range.h"\n',
    "tests/norm_test.cpp": '#include "kernels/machine/host/launch.cuh"\n',
}

# file, its text, what is said about its first line
BROKEN = [
    ("kernels/core/up.h", '#include "kernels/machine/memory.h"', "core must not include machine"),
    ("kernels/tile/up.cuh", '#include "kernels/norm/norm.cuh"', "tile must not include family"),
    ("kernels/norm/up.h", '#include "ops/norm.h"', "family must not include ops"),
    ("kernels/norm/side.h", '#include "kernels/conv/conv.h"', "families do not include each other"),
    ("kernels/norm/past.cuh", '#include "kernels/machine/cuda/launch.cuh"', "asked through"),
    ("kernels/machine/host/cross.h", '#include "kernels/machine/cuda/launch.cuh"', "asked through"),
    ("profiling/up.h", '#include "ops/norm.h"', "profiling must not include ops"),
    ("ops/up.h", '#include "nn/layer.h"', "ops must not include nn"),
    ("ops/device.cpp", '#include "kernels/norm/norm.cuh"', "host code includes no device code"),
    ("nn/deep.h", '#include "kernels/machine/memory.h"', "nn must not include machine"),
    ("nn/kernel.h", '#include "kernels/norm/norm.h"', "nn must not include family"),
    ("train/deep.h", '#include "kernels/norm/norm.h"', "train must not include family"),
    ("ops/cuda.cpp", "#include <cuda_runtime.h>", "no CUDA header"),
    ("ops/near.cpp", '#include "norm.h"', "relative to the root"),
    ("kernels/norm/ptx.cuh", 'void f() { asm volatile(""); }', "assembly stands only"),
    ("kernels/norm/arch.cuh", "#if __CUDA_ARCH__ >= 900", "conditions on CUDA"),
    ("ops/with.cpp", "#ifdef HEDDLE_HAS_CUDA", "conditions on CUDA"),
    ("kernels/norm/entry.cu", "__global__ void kernel();", "launched only"),
    ("kernels/norm/start.cu", "void f() { kernel<<<1, 32>>>(); }", "launched only"),
]


def check(files: dict[str, str]) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)


class CheckLayers(unittest.TestCase):
    def test_clean_tree_passes(self):
        result = check(CLEAN)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_each_violation_is_found_at_its_line(self):
        for name, text, rule in BROKEN:
            with self.subTest(file=name):
                result = check(CLEAN | {name: "\n" + text + "\n"})
                lines = result.stdout.splitlines()
                self.assertEqual(result.returncode, 1)
                self.assertEqual(len(lines), 2, result.stdout)
                self.assertTrue(lines[0].startswith(f"{name}:2: "), lines[0])
                self.assertIn(rule, lines[0])

    def test_empty_tree_fails(self):
        self.assertEqual(check({}).returncode, 1)


if __name__ == "__main__":
    unittest.main()
