#!/usr/bin/python3
"""Runs all that needs a GPU, in stages of at most 8 minutes: `./heddle check-gpu` calls this.

Prints a table last, and writes results/check_gpu_<stage>.json: card, driver, date, commit, and each program's command,
outcome and duration. Exit code 1 when a program failed.
"""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAGE_SECONDS = 8 * 60
STAGES = ("tests", "sanitize", "bench", "pytorch", "train")
HOST_BENCHES = ("emulator_bench", "examined_bench")  # of the emulator: they need no GPU and would use up its time


def machine() -> dict:
    """The card, its driver, and which sources the programs were built from."""
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        card, driver, memory = subprocess.run(
            query, capture_output=True, text=True, check=True).stdout.splitlines()[0].split(", ")
    except (OSError, subprocess.CalledProcessError, IndexError):
        card, driver, memory = "unknown", "unknown", "unknown"
    return {"card": card, "driver": driver, "memory": memory, "commit": commit(),
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def commit() -> str:
    recorded = ROOT / "commit"
    if recorded.exists():
        return recorded.read_text(encoding="utf-8").strip()
    try:
        return subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
                              capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def run(name: str, command: list, deadline: float) -> dict:
    """Runs one program until the stage's deadline; what it printed goes to results/check_gpu_logs/."""
    log = ROOT / "results" / "check_gpu_logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    result = {"name": name, "command": " ".join(map(str, command)), "outcome": "failed", "detail": ""}
    start = time.monotonic()
    if start >= deadline:
        return result | {"outcome": "not run", "detail": "the stage's 8 minutes were over", "seconds": 0.0}
    try:
        with log.open("w", encoding="utf-8") as out:
            code = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  timeout=deadline - start, check=False).returncode
        result["outcome"] = "passed" if code == 0 else "failed"
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        result["detail"] = lines[-1] if lines else ""
        if code != 0:
            result["detail"] = f"exit {code}: {result['detail']}"
    except subprocess.TimeoutExpired:
        result["detail"] = "stopped: the stage's 8 minutes were over"
    except OSError as error:
        result["detail"] = str(error)
    return result | {"seconds": round(time.monotonic() - start, 1)}


def run_tests(programs: pathlib.Path, deadline: float, prefix: tuple = ()) -> list[dict]:
    """Every test program; with a prefix (a checking tool) only the cases that run on the GPU: those with Cuda in their
    name, and all of a program that is named so."""
    results = []
    for program in sorted(programs.glob("*_test")):
        only = ["--gtest_filter=*Cuda*-*WithoutCuda*"] if prefix and not program.name.endswith("_cuda_test") else []
        if only and not has_cases(program, only):
            continue
        with tempfile.NamedTemporaryFile(suffix=".json") as report:
            result = run("_".join([*(pathlib.Path(part).name.lstrip("-") for part in prefix[2:]), program.name]),
                         [*prefix, program, *only, f"--gtest_output=json:{report.name}"], deadline)
            result |= count_cases(report.name, program.name.endswith("_cuda_test"))
        results.append(result)
    return results


def has_cases(program: pathlib.Path, only: list[str]) -> bool:
    listing = subprocess.run([program, *only, "--gtest_list_tests"], capture_output=True, text=True, check=False).stdout
    return any(line.startswith("  ") for line in listing.splitlines())


def count_cases(report: str, all_on_gpu: bool) -> dict:
    """How many cases of a GoogleTest report passed, failed and were skipped. A case for the GPU that was skipped is a
    failure here: the card could not be used."""
    try:
        suites = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))["testsuites"]
    except (ValueError, KeyError):
        return {}
    cases = [case for suite in suites for case in suite["testsuite"]]
    skipped = sum(case["result"] == "SKIPPED" for case in cases)
    failed = sum("failures" in case for case in cases)
    ran = sum(case["status"] == "RUN" for case in cases)
    missed = sum(case["result"] == "SKIPPED" and (all_on_gpu or case["name"].startswith("Cuda")) for case in cases)
    counts = {"detail": f"{ran - skipped - failed} passed, {failed} failed, {skipped} skipped",
              "failures": [f"{case['classname']}.{case['name']}" for case in cases if "failures" in case]}
    if missed:
        counts |= {"outcome": "failed", "detail": f"{counts['detail']}, of them {missed} for the GPU"}
    return counts


def sanitize(programs: pathlib.Path, deadline: float) -> list[dict]:
    tool = shutil.which("compute-sanitizer") or "/usr/local/cuda/bin/compute-sanitizer"
    if not os.access(tool, os.X_OK):
        return [{"name": "compute-sanitizer", "command": "", "outcome": "skipped", "seconds": 0.0,
                 "detail": "not installed on this machine"}]
    results = []
    for check in ("memcheck", "racecheck"):
        results += run_tests(programs, deadline, (tool, "--error-exitcode=9", f"--tool={check}"))
    return results


def bench(programs: pathlib.Path, deadline: float) -> list[dict]:
    results = []
    for program in sorted(programs.glob("*_bench")):
        if program.name in HOST_BENCHES:
            continue
        table = ROOT / "results" / f"{program.name}.json"
        results.append(run(program.name, [program, f"--benchmark_out={table}", "--benchmark_out_format=json"], deadline))
    return results


def pytorch(_: pathlib.Path, deadline: float) -> list[dict]:
    """The rows that the bench stage left, timed in PyTorch."""
    reports = sorted((ROOT / "results").glob("*_bench.json"))
    result = run("compare_pytorch", [sys.executable, ROOT / "bench" / "compare_pytorch_kernels.py", *reports, "--json",
                                     ROOT / "results" / "compare_pytorch_kernels.json"], deadline)
    if "has no PyTorch" in result["detail"]:
        result["outcome"] = "skipped"
    return [result]


def train(programs: pathlib.Path, deadline: float) -> list[dict]:
    """Some steps in each precision; the progress in the logs has images/s."""
    results = []
    for precision in ("f32", "tf32", "bf16", "f16"):
        with tempfile.TemporaryDirectory() as folder:
            command = [programs / "train_cifar10", "--device", "cuda", "--precision", precision, "--dataset", "synthetic",
                       "--max-steps", "50", "--run-dir", folder + "/run"]
            results.append(run(f"train_cifar10_{precision}", command, deadline))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="heddle check-gpu", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--stage", choices=STAGES, help="only this one; all of them otherwise")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()

    os.environ["HEDDLE_FIXTURES_DIR"] = str(ROOT / "tests" / "fixtures")
    context = machine()
    work = {"tests": run_tests, "sanitize": sanitize, "bench": bench, "pytorch": pytorch, "train": train}
    rows = []
    for stage in [arguments.stage] if arguments.stage else STAGES:
        print(f"check-gpu: {stage}", flush=True)
        results = work[stage](arguments.programs, time.monotonic() + STAGE_SECONDS)
        if not results:
            results = [{"name": stage, "command": "", "outcome": "failed", "seconds": 0.0,
                        "detail": f"no program for this stage in {arguments.programs}"}]
        report = ROOT / "results" / f"check_gpu_{stage}.json"
        report.parent.mkdir(exist_ok=True)
        report.write_text(json.dumps(context | {"stage": stage, "programs": results}, indent=1) + "\n", encoding="utf-8")
        rows += [(stage, result) for result in results]

    print(f"\n{context['card']}, driver {context['driver']}, commit {context['commit']}, {context['date']}")
    width = max(len(result["name"]) for _, result in rows)
    for stage, result in rows:
        print(f"{stage:8}  {result['name']:{width}}  {result['outcome']:7}  {result['seconds']:6.1f} s  "
              f"{result['detail'][:100]}")
    return 0 if all(result["outcome"] in ("passed", "skipped") for _, result in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
