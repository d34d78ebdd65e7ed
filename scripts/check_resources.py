#!/usr/bin/python3
"""Checks what ptxas says of every kernel in .cu files: none may spill registers or use local memory, and none may use
more than its budget.

Compiles each file for the device only, one architecture at a time, with the options of the build:
    scripts/check_resources.py kernels/norm/row_norm.cu
    scripts/check_resources.py --architectures sm_90a --table kernels/*/*.cu
    scripts/check_resources.py --budget kernels/resources.json kernels/norm/row_norm.cu
    scripts/check_resources.py --accept kernels/resources.json kernels/norm/row_norm.cu
Ends with 1 when a kernel spills or is over its budget, 2 when there is nothing to check.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import sys

from ptxas_report import ROOT, blocks_of_multiprocessor, compile_report, occupancy, parse

BUDGETED = {"registers": "registers", "shared_bytes": "bytes of shared memory"}


def relative(source):
    return os.path.relpath(source.resolve(), ROOT)


def facts(kernel, architecture):
    return {"threads": kernel.threads, "registers": kernel.registers, "shared_bytes": kernel.shared_bytes,
            "stack_bytes": kernel.stack, "spilled_bytes": kernel.spill_stores,
            "blocks_of_multiprocessor": blocks_of_multiprocessor(kernel, architecture),
            "occupancy": occupancy(kernel, architecture)}


def print_row(kernel, architecture):
    share = occupancy(kernel, architecture)
    print(f"{architecture} {kernel.registers:3} registers {kernel.shared_bytes:6} B shared {kernel.stack:4} B stack "
          f"{kernel.spill_stores:4} B spilled {kernel.spill_loads:4} B reloaded "
          f"{'' if share is None else f'{share:4.0%} occupancy'}  {kernel.name}")


def over_budget(budget, source, architecture, kernel):
    """Lines that say what is new or larger than accepted."""
    place = f"{relative(source)} for {architecture}: {kernel.name}"
    accepted = budget.get(relative(source), {}).get(architecture, {}).get(kernel.name)
    if accepted is None:
        return [f"{place} has no budget"]
    used = facts(kernel, architecture)
    return [f"{place} uses {used[key]} {words}, its budget is {accepted[key]}"
            for key, words in BUDGETED.items() if used[key] > accepted[key]]


def check(source, architecture, arguments, budget, found):
    """The number of kernels and of faults; what the kernels use goes into `found`."""
    kernels, serialised = parse(compile_report(arguments.nvcc, source, architecture))
    lines = [f"{architecture} {source}: {line}" for line in serialised]
    for kernel in kernels:
        if arguments.table or not kernel.fits():
            print_row(kernel, architecture)
        if budget is not None:
            lines += over_budget(budget, source, architecture, kernel)
    print("\n".join(lines), end="\n" if lines else "")
    found.setdefault(relative(source), {})[architecture] = {
        kernel.name: facts(kernel, architecture) for kernel in kernels}
    faults = len(lines) + sum(not kernel.fits() for kernel in kernels)
    print(f"{source} for {architecture}: {len(kernels)} kernels, {faults} faults")
    return len(kernels), faults


def write(path, content):
    """As JSON with one line a kernel."""
    text = json.dumps(content, indent=1, sort_keys=True)
    text = re.sub(r"\{\n([^{}]*)\n *\}", lambda match: "{" + re.sub(r"\n? +", " ", match[1]).strip() + "}", text)
    path.write_text(text + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.cu", type=pathlib.Path)
    parser.add_argument("--nvcc", default="nvcc")
    parser.add_argument("--architectures", nargs="+", default=["sm_80", "sm_90a"])
    parser.add_argument("--table", action="store_true", help="print every kernel, not only those with a fault")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write what every kernel uses")
    parser.add_argument("--budget", metavar="FILE", type=pathlib.Path, help="fail when a kernel uses more than here")
    parser.add_argument("--accept", metavar="FILE", type=pathlib.Path, help="make what is used now the budget")
    arguments = parser.parse_args()
    if not shutil.which(arguments.nvcc):
        print(f"no CUDA compiler at {arguments.nvcc}: put nvcc on PATH or name it with --nvcc")
        return 2
    budget = json.loads(arguments.budget.read_text(encoding="utf-8")) if arguments.budget else None
    found = {}
    counts = [check(source, architecture, arguments, budget, found)
              for source in arguments.files for architecture in arguments.architectures]
    if any(kernels == 0 for kernels, _ in counts):
        print("a file without kernels: is the report of ptxas in a form that this script does not know?")
        return 2
    if arguments.json:
        write(arguments.json, found)
    if arguments.accept:
        accepted = json.loads(arguments.accept.read_text(encoding="utf-8")) if arguments.accept.exists() else {}
        write(arguments.accept, accepted | found)
    failed = any(faults for _, faults in counts)
    if failed and budget is not None:
        print(f"to accept what is used now: scripts/check_resources.py --accept {relative(arguments.budget)} "
              + " ".join(relative(source) for source in arguments.files))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
