#!/usr/bin/python3
"""train_cifar10 as a user meets it: exit codes, messages, files.

Usage: program_test.py PROGRAM [unittest options]
"""
import json
import re
import shlex
import subprocess
import unittest
from pathlib import Path

from training_program import DATA, PROGRAM, ProgramTest, TINY, contents, main


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

    def test_how_often_the_log_is_read_changes_no_file(self):
        for interval in (0, 1, 4, 1000):
            self.train("--run-dir", f"every{interval}", "--log-every", interval)
            self.assertEqual(contents(self.folder / f"every{interval}"), contents(self.folder / "every0"), interval)

    def test_a_limit_of_memory_is_named_with_a_batch_that_fits(self):
        # 300 images of 28 x 28 as f32 alone take 0.9 MiB, and the first layer's result of 6 channels 5.4 MiB.
        self.check_fails(1, "[memory] no room for f32 [", *TINY, "--run-dir", "a", "--batch-size", "100",
                         "--accumulation", "1", "--memory-limit", "2")
        process = self.run_program(*TINY, "--run-dir", "b", "--batch-size", "100", "--accumulation", "1",
                                   "--memory-limit", "2")
        fits = re.search(r"cpu holds .*data .*; a batch of (\d+) fits, at [\d.]+ KiB an image", process.stderr_text)
        self.assertTrue(fits, process.stderr_text)

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
    main()
