#!/usr/bin/python3
"""Trains the default CPU recipe's network here and in PyTorch, in turns, and compares speed and memory.

Both sides read the same files, take the same batches of the same size on the same number of threads, and do the same
work a step: forward, loss, backward, optimizer, moving average of the weights. Neither augments. PyTorch runs eagerly,
in both of its memory formats, of which the faster counts. Each side is a process of its own, whose peak memory is that
of the whole process. Evaluation and the first epoch of each process are not timed. Exit code 0: both goals are met;
1: one is missed, or something failed; 2: usage.
"""
import argparse
import csv
import datetime
import importlib.util
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEED_GOAL, MEMORY_GOAL = 0.8, 1.5
MEMORY_FORMATS = ("contiguous", "channels_last")
DATA_FILES = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]


class Failure(Exception):
    """Something that the user is told in one line."""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu")
    parser.add_argument("--recipe", default="default-cpu", help="a recipe of train/recipes (default: %(default)s)")
    parser.add_argument("--program", type=pathlib.Path, help="train_cifar10 (default: that of build/cpu)")
    parser.add_argument("--data-dir", type=pathlib.Path, help="CIFAR-10, binary version (default: random images)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3, help="processes of each kind, in turns (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=40, help="steps of an epoch (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=4, 
                        help="of each process, the first untimed (default: %(default)s)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the result there too")
    arguments = parser.parse_args()
    if arguments.device == "cuda":
        parser.error("--device cuda comes with the GPU training path; only cpu is there")
    if arguments.device != "cpu":
        parser.error(f"unknown --device {arguments.device}: only cpu is there")
    for name, least in (("threads", 1), ("rounds", 1), ("steps", 1), ("epochs", 2)):
        if getattr(arguments, name) < least:
            parser.error(f"--{name} must be at least {least}: {getattr(arguments, name)}")
    return arguments


def find_program(named: pathlib.Path | None) -> pathlib.Path:
    program = named or ROOT / "build/cpu/bin/train_cifar10"
    if not program.is_file():
        raise Failure(f"there is no {program}: `./heddle train --help` builds it, --program names another")
    return program


def write_random_images(folder: pathlib.Path) -> None:
    """A folder like CIFAR-10's binary version."""
    source = random.Random(0)
    for name in DATA_FILES:
        with open(folder / name, "wb") as file:
            for _ in range(10000):
                file.write(bytes([source.randrange(10)]) + source.randbytes(3072))


def run(command: list[str], threads: int) -> tuple[str, int]:
    """What the process printed, and its peak memory in bytes."""
    count = str(threads)
    environment = dict(os.environ, OMP_NUM_THREADS=count, OPENBLAS_NUM_THREADS=count, MKL_NUM_THREADS=count)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode != 0:
        lines = text.strip().splitlines() or ["no output"]
        raise Failure(f"{command[0]} ended with {process.returncode}: {lines[-1]}")
    return text, usage.ru_maxrss * 1024


def safetensors_parameters(path: pathlib.Path) -> dict[str, list[int]]:
    """Names and shapes of a file of weights, running statistics left out."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
    return {name: entry["shape"] for name, entry in header.items()
            if name != "__metadata__" and ".running_" not in name}


class Heddle:
    """Runs of train_cifar10."""

    def __init__(self, arguments: argparse.Namespace, data: pathlib.Path, folder: pathlib.Path):
        self.arguments, self.data, self.folder = arguments, data, folder
        self.program = find_program(arguments.program)
        self.images_per_s: list[float] = []
        self.peak_bytes: list[int] = []

    def run(self, batch_size: int) -> None:
        run_dir = self.folder / f"run{len(self.peak_bytes)}"
        options = {"recipe": self.arguments.recipe, "device": "cpu", "dataset": "cifar10", "data-dir": self.data,
                   "train-images": self.arguments.steps * batch_size, "validation-images": 0, "test-images": 250,
                   "crop-padding": 0, "flip": "none", "cutout": 0, "accumulation": 1, "patience": 0,
                   "epochs": self.arguments.epochs, "threads": self.arguments.threads, "run-dir": run_dir}
        command = [str(self.program), "--no-pictures", "--quiet"]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        _, peak = run(command, self.arguments.threads)
        with open(run_dir / "timing.csv", newline="") as file:
            self.images_per_s += [float(row["images_per_s"]) for row in csv.DictReader(file)][1:]
        self.peak_bytes.append(peak)
        self.config = json.loads((run_dir / "config.json").read_text())
        self.parameters = safetensors_parameters(run_dir / "best.safetensors")


class PyTorch:
    """Runs of pytorch_training.py in one memory format."""

    def __init__(self, arguments: argparse.Namespace, data: pathlib.Path, memory_format: str):
        self.arguments, self.data, self.memory_format = arguments, data, memory_format
        self.images_per_s: list[float] = []
        self.peak_bytes: list[int] = []

    def run(self, config: dict) -> None:
        job = dict(config, data_dir=str(self.data), memory_format=self.memory_format, threads=self.arguments.threads)
        script = pathlib.Path(__file__).with_name("pytorch_training.py")
        text, peak = run([sys.executable, str(script), json.dumps(job)], self.arguments.threads)
        self.result = json.loads(text.splitlines()[-1])
        self.images_per_s += self.result["images_per_s"][1:]
        self.peak_bytes.append(peak)


def require_same_network(heddle: Heddle, pytorch: PyTorch) -> None:
    ours, theirs = heddle.parameters, pytorch.result["parameters"]
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            raise Failure(f"the networks differ: {name} is {ours.get(name)} here, {theirs.get(name)} in PyTorch")


def measure(arguments: argparse.Namespace, data: pathlib.Path, folder: pathlib.Path) -> dict:
    recipe = json.loads((ROOT / "train/recipes" / f"{arguments.recipe}.json").read_text())
    heddle = Heddle(arguments, data, folder)
    sides = [PyTorch(arguments, data, memory_format) for memory_format in MEMORY_FORMATS]
    for _ in range(arguments.rounds):
        heddle.run(recipe.get("batch_size", 128))
        for side in sides:
            side.run(heddle.config)
            require_same_network(heddle, side)
    best = max(sides, key=lambda side: statistics.median(side.images_per_s))
    return {
        "model": heddle.config["model"], "batch_size": heddle.config["batch_size"],
        "parameters": sum(product(shape) for shape in heddle.parameters.values()),
        "threads": arguments.threads, "torch": best.result["torch"], "memory_format": best.memory_format,
        "images_per_s": {"heddle": heddle.images_per_s} | {side.memory_format: side.images_per_s for side in sides},
        "speed": compare(heddle.images_per_s, best.images_per_s, lambda ratio: ratio >= SPEED_GOAL, SPEED_GOAL),
        "memory": compare(heddle.peak_bytes, best.peak_bytes, lambda ratio: ratio <= MEMORY_GOAL, MEMORY_GOAL),
    }


def product(shape: list[int]) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def compare(ours: list[float], theirs: list[float], met, goal: float) -> dict:
    a, b = statistics.median(ours), statistics.median(theirs)
    return {"heddle": a, "pytorch": b, "ratio": a / b, "goal": goal, "pass": met(a / b)}


def circumstances() -> dict:
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
                            capture_output=True, text=True)
    return {"cpu": models[0] if models else "unknown", "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "commit": commit.stdout.strip() or "unknown", "python": sys.version.split()[0],
            "command": " ".join(sys.argv)}


def table(result: dict) -> str:
    def line(title: str, part: dict, scale: float, relation: str) -> str:
        word = "PASS" if part["pass"] else "FAIL"
        return (f"{title:<18}{part['heddle'] / scale:>10.0f}{part['pytorch'] / scale:>10.0f}{part['ratio']:>8.2f}"
                f"   {relation} {part['goal']:.2f}  {word}")
    title = (f"{result['model']} ({result['parameters']} parameters), batch {result['batch_size']}, "
             f"{result['threads']} threads, f32, no augmentation; PyTorch {result['torch']} eager, "
             f"{result['memory_format']}; medians")
    return "\n".join([title, f"{'':<18}{'Heddle':>10}{'PyTorch':>10}{'ratio':>8}   goal",
                      line("images/s", result["speed"], 1, ">="),
                      line("peak memory, MiB", result["memory"], 2**20, "<=")])


def main() -> int:
    arguments = parse_arguments()
    if importlib.util.find_spec("torch") is None:
        raise Failure(f"{sys.executable} has no PyTorch: apt-get install python3-torch, "
                      "or run this with a Python that has it")
    before = circumstances()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if arguments.data_dir is None:
            write_random_images(folder)
        result = before | measure(arguments, arguments.data_dir or folder, folder)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if result["speed"]["pass"] and result["memory"]["pass"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failure, OSError) as error:
        print(f"compare_pytorch: {error}", file=sys.stderr)
        sys.exit(1)
