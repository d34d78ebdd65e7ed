#!/usr/bin/python3
"""What --resume of train_cifar10 goes on with, after interrupts and kills as well.

Usage: resumption_test.py PROGRAM [unittest options]
"""
import json
import random
import re
import signal
import struct
import subprocess
import time

from training_program import DATA, ProgramTest, SAME, TINY, contents, digest, main, wait_for


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


if __name__ == "__main__":
    main()
