"""What ptxas says of the kernels in a .cu file, and how many of their blocks a multiprocessor holds."""
import dataclasses
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPTIONS = ["-std=c++20", "-O3", "-DHEDDLE_HAS_CUDA=1", "--expt-relaxed-constexpr", "-lineinfo", "--resource-usage",
           "-cubin"]

ENTRY = re.compile(r"Compiling entry function '(\w+)'")
MEMORY = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
REGISTERS = re.compile(r"Used (\d+) registers")
STATIC_SHARED = re.compile(r"(\d+) bytes smem")
SERIALISED = re.compile(r"\(?C75\d\d.*")  # the warnings that wgmma is serialised
# void heddle::cuda::kernel_entry<KERNEL, THREADS, BYTES OF DYNAMIC SHARED MEMORYul>(…), kernels/machine/cuda/launch.cuh
INSTANCE = re.compile(r"^void heddle::cuda::kernel_entry<(.*), (\d+), (\d+)ul>\(.*$")


@dataclasses.dataclass
class Multiprocessor:
    """Limits of a multiprocessor: CUDA C++ Programming Guide, technical specifications per compute capability."""
    shared_bytes: int
    warps: int = 64
    blocks: int = 32
    registers: int = 65536
    registers_unit: int = 256  # a warp is given registers in such units
    warps_unit: int = 4        # and each of the four parts of a multiprocessor holds a quarter of its warps
    shared_unit: int = 128
    shared_of_system: int = 1024  # of each block


MULTIPROCESSORS = {"sm_80": Multiprocessor(shared_bytes=164 * 1024), "sm_90": Multiprocessor(shared_bytes=228 * 1024)}


@dataclasses.dataclass
class Kernel:
    symbol: str
    name: str = ""
    threads: int = 0  # of a block; 0: unknown
    registers: int = 0
    shared_bytes: int = 0
    stack: int = 0
    spill_stores: int = 0
    spill_loads: int = 0

    def fits(self):
        return self.stack == self.spill_stores == self.spill_loads == 0


def round_up(value, unit):
    return -(-value // unit) * unit


def blocks_of_multiprocessor(kernel, architecture):
    """How many blocks are there at a time; None for an architecture or a block size that is not known."""
    limits = MULTIPROCESSORS.get(architecture.rstrip("af"))
    if limits is None or kernel.threads == 0:
        return None
    warps = round_up(kernel.threads, 32) // 32
    registers = max(1, round_up(32 * kernel.registers, limits.registers_unit))
    warps_by_registers = limits.registers // registers // limits.warps_unit * limits.warps_unit
    shared = round_up(kernel.shared_bytes + limits.shared_of_system, limits.shared_unit)
    return min(limits.blocks, limits.warps // warps, warps_by_registers // warps, limits.shared_bytes // shared)


def occupancy(kernel, architecture):
    """Warps that a multiprocessor holds, as a share of those that it could hold."""
    blocks = blocks_of_multiprocessor(kernel, architecture)
    if blocks is None:
        return None
    return blocks * (round_up(kernel.threads, 32) // 32) / MULTIPROCESSORS[architecture.rstrip("af")].warps


def name_kernels(kernels):
    """Fills in what the demangled names tell, where binutils are installed."""
    symbols = [kernel.symbol for kernel in kernels]
    if symbols and shutil.which("c++filt"):
        text = subprocess.run(["c++filt"], input="\n".join(symbols), capture_output=True, text=True, check=True).stdout
        symbols = text.splitlines()
    for kernel, symbol in zip(kernels, symbols):
        match = INSTANCE.match(symbol)
        if match:
            kernel.threads = int(match[2])
            kernel.shared_bytes += int(match[3])
        name = re.sub(r"heddle::(cuda::)?", "", match[1] if match else symbol)
        # Compilers differ in whether they name members that are zero at the end of a constant.
        kernel.name = re.sub(r"(, (false|0))+}", "}", name)


def parse(report):
    """The kernels of a ptxas report, and its lines about serialised wgmma."""
    kernels = []
    for line in report.splitlines():
        if match := ENTRY.search(line):
            kernels.append(Kernel(match[1]))
        elif kernels and (match := MEMORY.search(line)):
            # Printed for device functions that were not inlined as well: they count for the kernel before them.
            kernel = kernels[-1]
            kernel.stack += int(match[1])
            kernel.spill_stores += int(match[2])
            kernel.spill_loads += int(match[3])
        elif kernels and (match := REGISTERS.search(line)):
            kernels[-1].registers = max(kernels[-1].registers, int(match[1]))
            if shared := STATIC_SHARED.search(line):
                kernels[-1].shared_bytes += int(shared[1])
    name_kernels(kernels)
    return sorted(kernels, key=lambda kernel: kernel.name), SERIALISED.findall(report)


def compile_report(nvcc, source, architecture):
    """What ptxas writes when the file is compiled; ends the program when it does not compile."""
    with tempfile.TemporaryDirectory() as folder:
        command = [nvcc, *OPTIONS, f"-I{ROOT}", f"-arch={architecture}", "-o", f"{folder}/kernels.cubin", str(source)]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stdout}")
    return result.stdout
