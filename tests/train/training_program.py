"""What the tests of train_cifar10 as a program share. The first argument of the test is the program."""
import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv.pop(1)).resolve()
DATA = tempfile.TemporaryDirectory()
# Small enough for seconds, with everything on that a checkpoint has to carry.
TINY = ["--dataset", "fashion-mnist", "--data-dir", DATA.name, "--validation-images", "40", "--test-images", "50",
        "--model", "lenet5", "--epochs", "3", "--batch-size", "20", "--accumulation", "2", "--crop-padding", "2", "--flip",
        "random", "--brightness", "0.2", "--contrast", "0.1", "--rotation", "5", "--mixup", "0.4", "--cutmix", "1",
        "--mix-probability", "0.7", "--ema-decay", "0.8", "--learning-rate", "0.02", "--clip-norm", "1", "--patience", "3",
        "--no-pictures", "--threads", "1"]
SAME = ["best.safetensors", "last.ckpt", "metrics.csv", "metrics.jsonl", "config.json"]


def write_images(name, count):
    """IDX files as Fashion-MNIST has them: noise, and a bright row for each class."""
    numbers = random.Random(name)
    labels = bytes(numbers.randrange(10) for _ in range(count))
    pixels = bytearray(numbers.randbytes(count * 784))
    for i, label in enumerate(labels):
        begin = i * 784 + (4 + 2 * label) * 28
        pixels[begin:begin + 28] = bytes([255]) * 28
    folder = Path(DATA.name)
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)
    (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, 28, 28) + pixels)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder):
    return {name: digest(Path(folder) / name) for name in SAME}


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.002)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run_program(self, *arguments):
        process = self.start(*arguments)
        process.stdout_text, process.stderr_text = process.communicate(timeout=120)
        return process

    def check_fails(self, code, message, *arguments):
        """One line on standard error, nothing but progress on standard output."""
        process = self.run_program(*arguments)
        self.assertEqual(process.returncode, code, process.stderr_text)
        lines = [line for line in process.stderr_text.splitlines() if line]
        self.assertEqual(len(lines), 1, process.stderr_text)
        self.assertIn(message, lines[0])
        self.assertNotIn("test accuracy", process.stdout_text)

    def train(self, *arguments):
        process = self.run_program(*TINY, *arguments)
        self.assertEqual(process.returncode, 0, process.stderr_text)
        return process


def main():
    os.environ.pop("HEDDLE_DATA", None)
    write_images("train", 240)
    write_images("t10k", 60)
    unittest.main()
