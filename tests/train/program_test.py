#!/usr/bin/python3
"""train_cifar10 as a user meets it: exit codes, messages, files, interrupts, resumption.

Usage: program_test.py PROGRAM [unittest options]
"""
import hashlib
import json
import os
import random
import re
import shlex
import signal
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
        "random", "--ema-decay", "0.8", "--learning-rate", "0.02", "--clip-norm", "1", "--patience", "3",
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


class Usage(ProgramTest):
    def test_help_is_complete(self):
        process = self.run_program("--help")
        self.assertEqual(process.returncode, 0)
        for option in ("--device", "--dataset", "--data-dir", "--recipe", "--model", "--epochs", "--max-steps",
                       "--batch-size", "--seed", "--threads", "--run-dir", "--resume", "--precision", "--config"):
            self.assertIn(option, process.stdout_text)

    def test_faults_of_usage_end_with_2(self):
        config = self.folder / "run.json"
        config.write_text('{"bath_size": 3}')
        for message, arguments in (
                ("[train_cifar10] --batch-size must be at least 1: 0", ["--batch-size", "0"]),
                ("[train_cifar10] unknown option --bath-size; did you mean --batch-size?", ["--bath-size", "3"]),
                ("[train_cifar10] --dataset must be one of cifar10, fashion-mnist, synthetic: mnist",
                 ["--dataset", "mnist"]),
                ("[train_cifar10] --model must be one of ", ["--model", "lenet"]),
                (f'[train_cifar10] {config} has the unknown key "bath_size"; did you mean "batch_size"?',
                 ["--config", config]),
                ("[train_cifar10] --quiet takes no value: give --quiet or --no-quiet", ["--quiet=maybe"]),
                ("[train_cifar10] --no-resume takes no value: give --resume or --no-resume", ["--no-resume=1.5"]),
                ("[train_cifar10] --epochs needs a value", ["--epochs"]),
                ("[train_cifar10] --epochs must be at most 10000000000000: ", ["--epochs", str(2**63 - 1)]),
                ("[train_cifar10] --threads must be at least 0 and at most 1024: 100000", ["--threads", "100000"]),
                ("[train_cifar10] --data-dir must not be empty", ["--data-dir", ""]),
                ("[train_cifar10] --config must not be empty", ["--config", ""]),
                (f"[train_cifar10] cannot read {self.folder}: it is a folder", ["--config", self.folder]),
                ("[train_cifar10] /dev/zero is too long for a file of options", ["--config", "/dev/zero"]),
                ("[train_cifar10] unknown recipe new?line; ", ["--recipe", "new\nline"]),
                ("[train_cifar10] unknown recipe kkk", ["--recipe", "k" * 5000]),
                ("[train_cifar10] --crop-padding must be below 28", [*TINY, "--crop-padding", "28"]),
                ("[train_cifar10] unknown recipe nothing; there are default-cpu, ", ["--recipe", "nothing"]),
                ("[train_cifar10] --precision must be one of f32, tf32, bf16, f16: f8", ["--precision", "f8"]),
                ("[train_cifar10] --resume found no run in runs/", ["--resume"]),
                ("[train_cifar10] --validation-images must leave some of the 240 to train on: 240",
                 [*TINY, "--validation-images", "240"]),
                ("[train_cifar10] --batch-size times --accumulation must be at most the 200 training images: 101 * 2",
                 [*TINY, "--batch-size", "101"])):
            with self.subTest(message):
                self.check_fails(2, message, *arguments)
        self.assertFalse((self.folder / "runs").exists())

    @unittest.skipIf(Path("/dev/nvidia0").exists(), "the machine has a GPU")
    def test_without_a_gpu_cuda_is_refused_before_anything_is_written(self):
        self.check_fails(1, "[cuda device]", *TINY, "--device", "cuda", "--run-dir", "run")
        self.assertFalse((self.folder / "run").exists())

    def test_other_faults_end_with_1(self):
        (self.folder / "file").write_text("")
        for message, arguments in (
                ("[data] no CIFAR-10 in", ["--dataset", "cifar10", "--data-dir", self.folder]),
                ("[run] cannot make the folder", [*TINY, "--run-dir", "file/run"]),
                ("[data] cannot read the folder none: No such file", ["--dataset", "cifar10", "--data-dir", "none"]),
                ("File name too long", [*TINY, "--resume", "--run-dir", "k" * 5000]),
                ("[resume] there is no checkpoint", [*TINY, "--resume", "--run-dir", "none"])):
            with self.subTest(message):
                self.check_fails(1, message, *arguments)
        self.assertFalse((self.folder / "none").exists())


class Runs(ProgramTest):
    def test_a_run_leaves_its_files_and_ends_with_the_accuracy(self):
        process = self.train()
        self.assertRegex(process.stdout_text.splitlines()[-1], r"^test accuracy: \d+\.\d\d %$")
        self.assertNotRegex(process.stdout_text + process.stderr_text, r"\b(nan|inf)\b")
        run = self.folder / "runs/lenet5-fashion-mnist-1"
        config = json.loads((run / "config.json").read_text())
        self.assertEqual(config["batch_size"], 20)
        self.assertFalse({"run_dir", "resume", "threads", "max_steps"} & config.keys())
        self.assertEqual(len((run / "metrics.csv").read_text().splitlines()), 1 + 3)
        steps = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        self.assertEqual([s["step"] for s in steps if s["kind"] == "step"], list(range(1, 16)))
        self.assertFalse(list(run.glob("*.tmp*")))

    def test_one_seed_gives_the_same_files_and_another_does_not(self):
        self.train("--run-dir", "a")
        self.train("--run-dir", "b", "--threads", "2")
        self.train("--run-dir", "c", "--seed", "1")
        self.assertEqual(contents(self.folder / "a"), contents(self.folder / "b"))
        self.assertNotEqual(contents(self.folder / "a")["best.safetensors"],
                            contents(self.folder / "c")["best.safetensors"])

    def run_in_shell(self, redirection, *arguments):
        words = [str(PROGRAM), *TINY, "--epochs", "1", *arguments]
        return subprocess.run(shlex.join(words) + " " + redirection, shell=True, cwd=self.folder, capture_output=True,
                              text=True, timeout=60, check=False)

    def test_with_streams_closed_the_files_are_the_same(self):
        self.run_in_shell("", "--run-dir", "open")
        process = self.run_in_shell("<&- >&- 2>&-", "--run-dir", "closed")
        self.assertEqual(process.returncode, 0)
        self.assertEqual(contents(self.folder / "open"), contents(self.folder / "closed"))

    def test_a_result_that_cannot_be_printed_is_a_fault_and_not_lost(self):
        process = self.run_in_shell(">/dev/full", "--run-dir", "full")
        self.assertEqual(process.returncode, 1)
        self.assertRegex(process.stderr,
                         r"^\[output\] No space left on device; not printed: test accuracy: \d+\.\d+ %\n$")

    def test_a_reader_that_goes_away_does_not_end_the_run(self):
        process = self.run_in_shell("| head -n 1", "--run-dir", "piped")
        self.assertEqual(len(process.stdout.splitlines()), 1)
        self.assertTrue((self.folder / "piped/best.safetensors").exists())

    def test_config_json_repeats_the_run(self):
        self.train("--run-dir", "a")
        process = self.run_program("--config", "a/config.json", "--run-dir", "b", "--no-pictures", "--quiet", "--data-dir", DATA.name)
        self.assertEqual(process.returncode, 0, process.stderr_text)
        self.assertEqual(len(process.stdout_text.splitlines()), 1)
        self.assertEqual(contents(self.folder / "a"), contents(self.folder / "b"))

    def test_a_folder_that_holds_a_run_is_left_alone(self):
        self.train("--run-dir", "a")
        before = contents(self.folder / "a")
        self.check_fails(1, "--resume", *TINY, "--run-dir", "a")
        self.assertEqual(contents(self.folder / "a"), before)

    def test_without_validation_images_the_columns_stay_empty(self):
        process = self.train("--validation-images", "0", "--patience", "0", "--run-dir", "a", "--epochs", "1")
        self.assertNotRegex(process.stdout_text, r"\b(nan|inf)\b")
        self.assertIn(",,", (self.folder / "a/metrics.csv").read_text())


class Resumption(ProgramTest):
    def setUp(self):
        super().setUp()
        self.train("--run-dir", "whole")
        self.whole = contents(self.folder / "whole")

    def check_resumes(self, run, *arguments):
        process = self.run_program("--resume", "--run-dir", run, "--no-pictures", "--data-dir", DATA.name,
                                   *arguments)
        self.assertEqual(process.returncode, 0, process.stderr_text)
        resumed = contents(self.folder / run)
        for name in SAME:
            self.assertEqual(resumed[name], self.whole[name], name)

    def test_after_any_number_of_steps(self):
        for steps in (1, 5, 7):
            process = self.train("--run-dir", f"stopped{steps}", "--max-steps", str(steps))
            self.assertIn(f"stopped after step {steps} of 15; to go on:", process.stdout_text)
            self.assertNotIn("--max-steps", process.stdout_text)
            self.assertRegex(process.stdout_text.splitlines()[-1], "^test accuracy: ")
            self.check_resumes(f"stopped{steps}")

    def test_a_finished_run_ends_the_same_again(self):
        self.check_resumes("whole")

    def test_killed_at_any_moment(self):
        moments = random.Random(4)
        for attempt in range(4):
            run = self.folder / f"killed{attempt}"
            process = self.start(*TINY, "--run-dir", run, "--checkpoint-steps", "1", "--quiet")
            wait_for(lambda: (run / "metrics.jsonl").exists() or process.poll() is not None)
            time.sleep(moments.uniform(0, 0.15))
            process.kill()
            process.communicate()
            self.check_resumes(run.name, "--checkpoint-steps", "2")

    def test_what_a_killed_run_wrote_after_its_checkpoint_is_dropped(self):
        self.train("--run-dir", "a", "--max-steps", "7")
        with open(self.folder / "a/metrics.jsonl", "a", encoding="ascii") as file:
            file.write('{"kind":"step","step":8,"epoch":2,"loss":1}\n{"kind":"st')
        self.check_resumes("a")

    def test_an_interrupt_leaves_a_checkpoint_and_the_line_that_resumes_it(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.folder / f"run {number}"
            process = self.start(*TINY, "--epochs", "1000", "--patience", "0", "--run-dir", run)
            wait_for(lambda: (run / "metrics.jsonl").exists() and process.poll() is None)
            time.sleep(0.2)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130, err)
            self.assertIn("interrupted", err)
            lines = out.splitlines()
            step = int(re.search(r"stopped after step (\d+) of 5000; to go on:", lines[-2]).group(1))
            command = lines[-1] + f" --max-steps {step + 1}"
            resumed = subprocess.run(command, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=60,
                                     check=False)
            self.assertEqual(resumed.returncode, 0, resumed.stderr)
            self.assertIn(f"from step {step};", resumed.stdout)

    def test_the_line_that_resumes_goes_on_past_the_max_steps_of_a_config(self):
        (self.folder / "run.json").write_text('{"max_steps": 7}')
        stopped = self.train("--config", "run.json", "--run-dir", "a")
        command = re.search(r"to go on:\n(.*)\n", stopped.stdout_text).group(1)
        resumed = subprocess.run(command, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=60,
                                 check=False)
        self.assertEqual(resumed.returncode, 0, resumed.stderr)
        self.assertEqual(contents(self.folder / "a"), self.whole)

    def test_half_written_files_of_a_killed_run_go(self):
        self.train("--run-dir", "a", "--max-steps", "7")
        (self.folder / "a/last.ckpt.77.partial").write_text("half")
        self.check_resumes("a")
        self.assertFalse((self.folder / "a/last.ckpt.77.partial").exists())

    def test_a_folder_in_which_a_run_goes_on_is_left_alone(self):
        run = self.folder / "a"
        process = self.start(*TINY, "--epochs", "100000", "--patience", "0", "--run-dir", run)
        wait_for(lambda: (run / "metrics.jsonl").exists() or process.poll() is not None)
        self.check_fails(1, f"[run] another process is at work in {run}", "--resume", "--run-dir", run, "--data-dir",
                         DATA.name)
        process.kill()
        process.communicate()

    def test_other_options_are_refused_and_nothing_is_written(self):
        self.check_fails(2, "learning_rate is 0.02 there, but 0.5 was asked for", "--resume", "--run-dir", "whole",
                         "--learning-rate", "0.5")
        self.check_fails(2, "model is lenet5 there, but resnet8 was asked for", "--resume", "--run-dir", "whole",
                         "--model", "resnet8")
        self.assertEqual(contents(self.folder / "whole"), self.whole)

    def test_in_f16_it_ends_with_the_same_files_and_f32_weights(self):
        self.train("--run-dir", "half", "--precision", "f16")
        self.train("--run-dir", "stopped", "--precision", "f16", "--max-steps", "7")
        half = contents(self.folder / "half")
        self.assertNotEqual(half["best.safetensors"], self.whole["best.safetensors"])
        self.check_fails(2, "precision is f16 there, but bf16 was asked for", "--resume", "--run-dir", "stopped",
                         "--precision", "bf16")
        self.check_fails(2, "precision is f32 there, but f16 was asked for", "--resume", "--run-dir", "whole",
                         "--precision", "f16")
        self.whole = half
        self.check_resumes("stopped")
        weights = (self.folder / "half/best.safetensors").read_bytes()
        header = json.loads(weights[8:8 + struct.unpack("<Q", weights[:8])[0]])
        self.assertEqual({entry["dtype"] for name, entry in header.items() if name != "__metadata__"}, {"F32"})
        steps = [json.loads(line) for line in (self.folder / "half/metrics.jsonl").read_text().splitlines()]
        self.assertEqual([s["loss_scale"] for s in steps if s["kind"] == "step"][0], 65536)

    def test_the_newest_run_is_resumed(self):
        self.train("--max-steps", "3")
        process = self.run_program("--resume", "--no-pictures", "--data-dir", DATA.name)
        self.assertEqual(process.returncode, 0, process.stderr_text)
        self.assertIn("runs/lenet5-fashion-mnist-1", process.stdout_text)
        self.assertEqual(contents(self.folder / "runs/lenet5-fashion-mnist-1"), self.whole)

    def check_refused(self, name, message):
        """A run folder whose last.ckpt is unusable: exit code 1, one line, no file changed."""
        before = {path: digest(path) for path in (self.folder / name).iterdir()}
        self.check_fails(1, message, "--resume", "--run-dir", name, "--data-dir", DATA.name)
        self.assertEqual({path: digest(path) for path in (self.folder / name).iterdir()}, before)

    def test_bad_checkpoints_are_refused(self):
        path = self.folder / "whole/last.ckpt"
        good = path.read_bytes()
        for size in (0, 5, 100, len(good) // 2, len(good) - 1):
            path.write_bytes(good[:size])
            self.check_refused("whole", "last.ckpt")
        path.write_bytes(good.replace(b'"format_version":"1"', b'"format_version":"9"'))
        self.check_refused("whole", "has format version 9, this program reads version 1")
        path.write_bytes(good[:20] + b"\xff" + good[21:])
        self.check_refused("whole", "last.ckpt: the header is not valid JSON at byte 13 of it: the file is damaged")
        path.write_bytes(struct.pack("<Q", 1 << 30) + b"{}")
        self.check_refused("whole", "last.ckpt")
        path.write_bytes((self.folder / "whole/best.safetensors").read_bytes())
        self.check_refused("whole", "is no checkpoint of a training run")

    def test_a_checkpoint_of_another_run_is_refused(self):
        self.train("--run-dir", "other", "--model", "resnet8", "--max-steps", "1")
        (self.folder / "whole/last.ckpt").write_bytes((self.folder / "other/last.ckpt").read_bytes())
        self.check_refused("whole", "is of another run than config.json beside it: model is resnet8 there, lenet5 here")


class Divergence(ProgramTest):
    def test_a_loss_that_becomes_nan_stops_the_run_with_its_checkpoint(self):
        process = self.run_program(*TINY, "--run-dir", "a", "--learning-rate", "1e30", "--clip-norm", "0", "--quiet")
        self.assertEqual(process.returncode, 1)
        self.assertRegex(process.stderr_text, r"^\[train\] step \d+: the (loss|gradient) is not finite; first seen in "
                                              r".*; last good checkpoint: a/last.ckpt of step \d+\n$")
        self.assertFalse((self.folder / "a/best.safetensors").exists())
        self.assertNotRegex((self.folder / "a/metrics.jsonl").read_text(), r"\b(nan|inf)\b")


    def check_refuses(self, message, *arguments):
        process = self.run_program(*TINY, "--run-dir", "a", "--clip-norm", "0", "--epochs", "1", "--quiet", *arguments)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(process.stderr_text.count("\n"), 1, process.stderr_text)
        self.assertIn(message, process.stderr_text)
        self.assertIn("; last good checkpoint: a/last.ckpt of step ", process.stderr_text)
        self.assertNotRegex(process.stderr_text, r"\b(nan|inf)\b")

    def test_weights_that_are_not_finite_never_replace_a_checkpoint(self):
        self.check_refuses("[train] step 1: the updated model is not finite; first seen in conv1.weight",
                           "--learning-rate", "1e300", "--checkpoint-steps", "1")

    def test_a_validation_loss_that_is_not_finite_names_step_and_layer(self):
        self.check_refuses("[train] validation after step 1: [evaluate] the loss is not finite; first seen in layer ",
                           "--learning-rate", "1e30", "--batch-size", "100")


if __name__ == "__main__":
    os.environ.pop("HEDDLE_DATA", None)
    write_images("train", 240)
    write_images("t10k", 60)
    unittest.main()
