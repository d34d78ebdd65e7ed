#!/usr/bin/python3
"""Tests scripts/check_resources.py with a compiler of our own that prints a report of ptxas."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "check_resources.py"
SOURCE = "kernels/norm/row_norm.cu"

REPORT = """ptxas info    : Compiling entry function '{symbol}' for 'sm_80'
ptxas info    : Function properties for {symbol}
    {stack} bytes stack frame, {spills} bytes spill stores, {spills} bytes spill loads
ptxas info    : Used {registers} registers, used 1 barriers, 432 bytes cmem[0]
"""
# heddle::cuda::kernel_entry<heddle::cuda::Copy, 256, 1000ul>
SYMBOL = "_ZN6heddle4cuda12kernel_entryINS0_4CopyELi256ELm1000EEEvNT_6ParamsE"


class CheckResources(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.budget = self.folder / "budget.json"

    def check(self, *arguments, registers=40, stack=0, spills=0, more=""):
        compiler = self.folder / "nvcc"
        report = REPORT.format(symbol=SYMBOL, registers=registers, stack=stack, spills=spills) + more
        compiler.write_text(f"#!/bin/sh\ncat <<'END'\n{report}END\n", encoding="utf-8")
        os.chmod(compiler, 0o755)
        command = [sys.executable, SCRIPT, ROOT / SOURCE, "--nvcc", compiler, "--architectures", "sm_80", *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout + result.stderr

    def test_what_was_accepted_passes(self):
        self.assertEqual(self.check("--accept", self.budget)[0], 0)
        self.assertEqual(self.check("--budget", self.budget)[0], 0)
        self.assertEqual(self.check("--budget", self.budget, registers=39)[0], 0)

    def test_facts(self):
        self.check("--json", self.budget)
        facts = json.loads(self.budget.read_text(encoding="utf-8"))[SOURCE]["sm_80"]["Copy"]
        self.assertEqual((facts["threads"], facts["registers"], facts["shared_bytes"]), (256, 40, 1000))
        # 40 registers are 1280 a warp: 51 warps, of which 48 in whole fours: 6 blocks of 8 warps, of 64 warps.
        self.assertEqual((facts["blocks_of_multiprocessor"], facts["occupancy"]), (6, 0.75))

    def test_occupancy_by_each_limit(self):
        for registers, blocks in ((32, 8), (33, 6), (64, 4), (128, 2), (255, 1)):
            self.check("--json", self.budget, registers=registers)
            facts = json.loads(self.budget.read_text(encoding="utf-8"))[SOURCE]["sm_80"]["Copy"]
            self.assertEqual(facts["blocks_of_multiprocessor"], blocks, registers)

    def test_more_than_the_budget_fails_and_says_how_to_accept_it(self):
        self.check("--accept", self.budget)
        code, text = self.check("--budget", self.budget, registers=41)
        self.assertEqual(code, 1)
        self.assertIn(f"{SOURCE} for sm_80: Copy uses 41 registers, its budget is 40", text)
        self.assertIn("--accept", text)

    def test_a_new_kernel_fails(self):
        self.budget.write_text("{}", encoding="utf-8")
        code, text = self.check("--budget", self.budget)
        self.assertEqual(code, 1)
        self.assertIn("Copy has no budget", text)

    def test_spills_stack_and_serialised_wgmma_fail(self):
        self.assertEqual(self.check(spills=4)[0], 1)
        self.assertEqual(self.check(stack=16)[0], 1)
        code, text = self.check(more="ptxas info : (C7510) Potential Performance Loss: wgmma.mma_async is serialized\n")
        self.assertEqual(code, 1)
        self.assertIn("C7510", text)


if __name__ == "__main__":
    unittest.main()
