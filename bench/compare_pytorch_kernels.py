#!/usr/bin/python3
"""Times the rows of our benchmarks in PyTorch, eager and compiled, and writes one table with both.

usage: compare_pytorch_kernels.py REPORT.json … [--device cuda] [--json FILE]
A REPORT is what a benchmark program wrote with --benchmark_out=REPORT.json --benchmark_out_format=json, on the same
machine and best in the same minutes. PyTorch is timed as our harness times (bench/README.md): single launches between
two events on the stream, nothing of earlier data in the caches, the median of many. A backward pass is that of
autograd, whose graph is kept. Rows whose operation is not in pytorch_operations.py are left out, and counted. Exit code
1 when there is nothing to compare, 2: usage.
"""
import argparse
import dataclasses
import json
import math
import pathlib
import statistics
import sys
import time
import typing

SAMPLES, WARM_UPS = 30, 5
FLUSH_BYTES = 256 << 20  # more than twice the second-level cache of an H200


@dataclasses.dataclass
class Row:
    """One row of a report: "layer_norm_forward/cuda/bf16/64x768/manual_time"."""
    name: str
    operation: str
    direction: str
    dtype: str
    sizes: list[int]
    heddle_us: float
    bytes_per_s: float


def read_rows(path: pathlib.Path, device: str) -> list[Row]:
    rows = []
    for entry in json.loads(path.read_text(encoding="utf-8"))["benchmarks"]:
        parts = entry["name"].removesuffix("/manual_time").split("/")
        if entry.get("error_occurred") or len(parts) != 4 or parts[1] != device:
            continue
        operation, _, direction = parts[0].rpartition("_")
        if direction not in ("forward", "backward"):
            operation, direction = parts[0], "forward"
        try:
            sizes = [int(size) for size in parts[3].split("x")]
        except ValueError:
            continue
        rows.append(Row("/".join(parts), operation, direction, parts[2], sizes, entry["real_time"],
                        entry.get("GB/s", 0.0) * 1e9))
    return rows


class Clock:
    """Times what is queued on a device, with cold caches."""

    def __init__(self, torch, device: str):
        self.torch, self.device = torch, device
        self.flush = torch.zeros(FLUSH_BYTES // 4, device=device)

    def once_us(self, work: typing.Callable) -> float:
        self.flush.sum()  # reads only: no dirty line is left to be written back at the expense of what is timed
        if self.device == "cpu":
            start = time.perf_counter()
            work()
            return (time.perf_counter() - start) * 1e6
        begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) * 1e3

    def median_us(self, work: typing.Callable) -> float:
        for _ in range(WARM_UPS):
            work()
        return statistics.median(self.once_us(work) for _ in range(SAMPLES))


def work_of(torch, operation, row: Row, device: str, compiled: bool) -> typing.Callable:
    dtype = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}[row.dtype]
    inputs = operation.inputs(row.sizes, dtype, device)
    function = operation.function(row.sizes)
    if compiled:
        function = torch.compile(function, dynamic=False)
    if row.direction == "forward":
        with torch.no_grad():
            function(*inputs)

        def forward():
            with torch.no_grad():
                function(*inputs)
        return forward
    wanted = [tensor.requires_grad_() for tensor in inputs if tensor.is_floating_point()]
    output = function(*inputs)
    gradient = torch.randn_like(output)
    return lambda: torch.autograd.grad(output, wanted, gradient, retain_graph=True)


def measure(torch, clock: Clock, operation, row: Row, device: str) -> dict:
    result = {"name": row.name, "heddle_us": row.heddle_us, "GB/s": row.bytes_per_s * 1e-9}
    for kind in ("eager", "compiled"):
        if kind == "compiled" and not hasattr(torch, "compile"):
            continue
        try:
            result[f"{kind}_us"] = clock.median_us(work_of(torch, operation, row, device, kind == "compiled"))
        except RuntimeError as error:  # such as a type that it has no kernel for
            result[f"{kind}_error"] = str(error).splitlines()[0]
    times = [result[key] for key in ("eager_us", "compiled_us") if key in result]
    if times:
        result["speed"] = min(times) / row.heddle_us
    return result


def table(results: list[dict]) -> str:
    def cell(result: dict, key: str) -> str:
        return f"{result[key]:12.1f}" if key in result else f"{'-':>12}"
    lines = [f"{'row':52}{'Heddle us':>12}{'eager us':>12}{'compiled us':>12}{'GB/s':>10}{'speed':>8}"]
    for result in results:
        speed = f"{result['speed']:8.2f}" if "speed" in result else f"{'-':>8}"
        lines.append(f"{result['name']:52}{cell(result, 'heddle_us')}{cell(result, 'eager_us')}"
                     f"{cell(result, 'compiled_us')}{result['GB/s']:10.0f}{speed}")
    speeds = [result["speed"] for result in results if "speed" in result]
    if speeds:
        mean = math.exp(statistics.fmean(math.log(speed) for speed in speeds))
        lines.append(f"speed: PyTorch's better time over ours. Geometric mean {mean:.2f} of {len(speeds)} rows, least "
                     f"{min(speeds):.2f}; {sum(speed < 1 for speed in speeds)} rows below 1")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=pathlib.Path, metavar="REPORT.json")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the results there too")
    arguments = parser.parse_args()
    try:
        import torch
        from pytorch_operations import OPERATIONS
    except ImportError:
        sys.exit(f"compare_pytorch_kernels: {sys.executable} has no PyTorch: run this with a Python that has it")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        sys.exit("compare_pytorch_kernels: PyTorch sees no GPU: use --device cpu")
    try:
        rows = [row for report in arguments.reports for row in read_rows(report, arguments.device)]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"compare_pytorch_kernels: a report cannot be read: {error!r}")
    known = [row for row in rows if row.operation in OPERATIONS]
    if not known:
        sys.exit(f"compare_pytorch_kernels: no row on {arguments.device} that PyTorch has: {len(rows)} rows read")
    torch.backends.cudnn.benchmark = True  # the fastest of its algorithms, as found by trial
    torch.backends.cudnn.allow_tf32 = False  # f32 is f32, as ours is
    clock = Clock(torch, arguments.device)
    results = [measure(torch, clock, OPERATIONS[row.operation], row, arguments.device) for row in known]
    card = torch.cuda.get_device_name() if arguments.device == "cuda" else "cpu"
    print(f"PyTorch {torch.__version__} on {card}; {len(rows) - len(known)} rows left out")
    print(table(results))
    if arguments.json:
        report = {"torch": torch.__version__, "card": card, "rows": results}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
