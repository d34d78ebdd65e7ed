#!/usr/bin/python3
"""Checks what ptxas says of every kernel in .cu files: none may spill registers or use local memory.

Compiles each file for the device only, one architecture at a time, with the options of the build:
    scripts/check_resources.py kernels/norm/layer_norm.cu
    scripts/check_resources.py --architectures sm_90a --table kernels/*/*.cu
Ends with 1 when a kernel spills, 2 when there is nothing to check.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPTIONS = ["-std=c++20", "-O3", "--expt-relaxed-constexpr", "-lineinfo", "--resource-usage", "-cubin"]

ENTRY = re.compile(r"Compiling entry function '(\w+)'")
MEMORY = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
REGISTERS = re.compile(r"Used (\d+) registers")
SERIALISED = re.compile(r"\(?C75\d\d.*")  # the warnings that wgmma is serialised


class Kernel:
    def __init__(self, name):
        self.name = name
        self.stack = self.spill_stores = self.spill_loads = self.registers = 0

    def fits(self):
        return self.stack == self.spill_stores == self.spill_loads == 0


def parse(report):
    """The kernels of a ptxas report, and its lines about serialised wgmma."""
    kernels = []
    for line in report.splitlines():
        if match := ENTRY.search(line):
            kernels.append(Kernel(match[1]))
        elif kernels and (match := MEMORY.search(line)):
            # Printed for device functions that were not inlined as well: they count for the kernel before them.
            kernel = kernels[-1]
            kernel.stack += int(match[1])
            kernel.spill_stores += int(match[2])
            kernel.spill_loads += int(match[3])
        elif kernels and (match := REGISTERS.search(line)):
            kernels[-1].registers = max(kernels[-1].registers, int(match[1]))
    return kernels, SERIALISED.findall(report)


def compile_report(nvcc, source, architecture):
    """What ptxas writes when the file is compiled; ends the program when it does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        command = [nvcc, *OPTIONS, f"-I{ROOT}", f"-arch={architecture}", "-o", f"{folder}/kernels.cubin", str(source)]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stdout}")
    return result.stdout


def demangled(names):
    """Readable names, where binutils are installed."""
    if not names or not shutil.which("c++filt"):
        return names
    text = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout
    return [re.sub(r"^void heddle::cuda::kernel_entry<(.*)>\(.*$", r"\1", name).replace("heddle::", "")
            for name in text.splitlines()]


def check(source, architecture, nvcc, table):
    """The number of kernels and of faults."""
    kernels, serialised = parse(compile_report(nvcc, source, architecture))
    for kernel, name in zip(kernels, demangled([kernel.name for kernel in kernels])):
        if table or not kernel.fits():
            print(f"{architecture} {kernel.registers:3} registers {kernel.stack:4} B stack {kernel.spill_stores:4} B "
                  f"spilled {kernel.spill_loads:4} B reloaded  {name}")
    for line in serialised:
        print(f"{architecture} {source}: {line}")
    faults = len(serialised) + sum(not kernel.fits() for kernel in kernels)
    print(f"{source} for {architecture}: {len(kernels)} kernels, {faults} faults")
    return len(kernels), faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.cu", type=pathlib.Path)
    parser.add_argument("--nvcc", default="nvcc")
    parser.add_argument("--architectures", nargs="+", default=["sm_80", "sm_90a"])
    parser.add_argument("--table", action="store_true", help="print every kernel, not only those with a fault")
    arguments = parser.parse_args()
    if not shutil.which(arguments.nvcc):
        print(f"no CUDA compiler at {arguments.nvcc}: put nvcc on PATH or name it with --nvcc")
        return 2
    counts = [check(source, architecture, arguments.nvcc, arguments.table)
              for source in arguments.files for architecture in arguments.architectures]
    if any(kernels == 0 for kernels, _ in counts):
        print("a file without kernels: is the report of ptxas in a form that this script does not know?")
        return 2
    return 1 if any(faults for _, faults in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
