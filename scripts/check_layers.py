#!/usr/bin/python3
"""Checks who includes whom, and which words stand where: docs/architecture.md gives the rules.

usage: check_layers.py [ROOT]    prints one line a violation, file:line: rule, and fails if there is any.
"""
import pathlib
import re
import sys

FOLDERS = ("kernels", "profiling", "ops", "nn", "train", "bench", "examples", "tests")
SAMPLES = ("tests/consumer/project/",)
EXTENSIONS = (".h", ".cpp", ".cuh", ".cu")

# What each layer may include besides itself. The number types, errors and random numbers of core are for all.
BELOW = {
    "core": set(),
    "machine": {"core"},
    "tile": {"core", "machine"},
    "family": {"core", "machine", "tile"},
    "profiling": {"core"},
    "ops": {"core", "machine", "family", "profiling"},
    "nn": {"core", "ops", "profiling"},
    "train": {"core", "ops", "nn", "profiling"},
}

# A convolution is a matrix product, of what its windows gather and the filters.
USES = {("conv", "gemm")}

COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>\w*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CONDITION = re.compile(r"\s*#\s*(?:el)?if\w*\b.*(?:CUDA|NVCC|__x86_64__|__aarch64__|__AVX|__SSE|__ARM)")
CUDA_HEADER = re.compile(r"(?:cuda|cublas|cudnn|curand|cupti|nv|cooperative_groups|mma\.h|cub/|thrust/)")
ASSEMBLY = re.compile(r"\b(?:asm|__asm__)\b")
LAUNCH = re.compile(r"__global__|<<<|\bextern\s+__shared__")


def layer(path: str) -> str:
    parts = path.split("/")
    if parts[0] != "kernels":
        return parts[0]
    return parts[1] if parts[1] in ("core", "machine", "tile") else "family"


def blank(text: str, keep_strings: bool) -> str:
    """`text` without comments, and without strings unless they are kept; lines stay where they are."""
    def replacement(match: re.Match) -> str:
        found = match.group()
        return found if keep_strings and found[0] != "/" else re.sub(r"[^\n]", " ", found)
    return COMMENT_OR_STRING.sub(replacement, text)


def include_violation(root: pathlib.Path, path: str, quote: str, target: str) -> str | None:
    """Why the file at `path` must not include `target`, or None."""
    mine = layer(path)
    if mine in ("bench", "examples", "tests"):
        return None
    extension = pathlib.PurePath(path).suffix
    if quote == "<":
        near_cuda = path.startswith("kernels/machine/cuda/") or path == "profiling/range_nvtx.cpp"
        if CUDA_HEADER.match(target) and extension in (".h", ".cpp") and not near_cuda:
            return f"host code includes no CUDA header: <{target}>"
        return None
    if not (root / target).exists():
        return f'includes are relative to the root, and there is no "{target}"'

    theirs = layer(target)
    emulator = path.startswith("kernels/machine/host/")
    if theirs != mine and theirs not in BELOW[mine]:
        return f'{mine} must not include {theirs}: "{target}"'
    if target.endswith(".cuh") and extension in (".h", ".cpp") and not emulator:
        return f'host code includes no device code: "{target}"'
    if mine == theirs == "family":
        families = path.split("/")[1], target.split("/")[1]
        if families[0] != families[1] and families not in USES:
            return f'families do not include each other, what two need moves to kernels/tile: "{target}"'
    side = re.match(r"kernels/machine/(cuda|host)/", target)
    if side and path != "kernels/machine/machine.cuh" and not path.startswith(side.group()):
        return f'the machine is asked through kernels/machine/machine.cuh: "{target}"'
    return None


def violations(root: pathlib.Path, path: str) -> list[tuple[int, str]]:
    text = (root / path).read_text(encoding="utf-8")
    code = blank(text, keep_strings=False).split("\n")
    found = []
    for number, line in enumerate(blank(text, keep_strings=True).split("\n"), 1):
        include = INCLUDE.match(line)
        rules = [include_violation(root, path, *include.groups())] if include else []
        words = code[number - 1]
        if ASSEMBLY.search(words) and not path.startswith("kernels/machine/cuda/"):
            rules.append("assembly stands only in kernels/machine/cuda")
        if CONDITION.match(words) and not path.startswith("kernels/machine/"):
            rules.append("conditions on CUDA or the architecture stand only in kernels/machine")
        if LAUNCH.search(words) and path != "kernels/machine/cuda/launch.cuh":
            rules.append("kernels are launched only in kernels/machine/cuda/launch.cuh")
        found += [(number, rule) for rule in rules if rule]
    return found


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    files = sorted(path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).rglob("*")
                   if path.suffix in EXTENSIONS)
    files = [path for path in files if not path.startswith(SAMPLES)]
    count = 0
    for path in files:
        for line, rule in violations(root, path):
            print(f"{path}:{line}: {rule}")
            count += 1
    print(f"check_layers: {len(files)} files, {count} violations")
    return 1 if count or not files else 0


if __name__ == "__main__":
    sys.exit(main())
