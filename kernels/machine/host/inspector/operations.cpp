#include "kernels/machine/host/inspector/operations.h"

#include <algorithm>
#include <array>
#include <ios>
#include <map>
#include <span>
#include <tuple>

#include "kernels/core/error.h"
#include "kernels/machine/host/instrumentation/machine_code.h"

namespace heddle::emulated {
namespace {

constexpr std::uintptr_t reach = 65536;  // no basic block is longer; blocks this far apart are disassembled apart

using OperationsAt = std::map<std::uintptr_t, Operations>;  // by the address of the instruction

bool ends_block(std::string_view instruction) {
  constexpr std::array jumps = {"j", "ret", "bnd ", "notrack ", "repz ret"};
  return std::any_of(jumps.begin(), jumps.end(), [&](char const* jump) { return instruction.starts_with(jump); }) ||
         instruction.find("<__sanitizer_cov_trace_pc") != instruction.npos;
}

/// Adds what these blocks computed, which lie close to each other.
void add_operations(OperationsAt& all, std::span<ExecutedBlock const> blocks) {
  auto next = blocks.begin();
  u64 times = 0;  // that the block was executed through which we go
  for (Instruction const& instruction : disassemble(blocks.front().begin, blocks.back().begin + reach)) {
    if (next != blocks.end() && next->begin == instruction.address) times = (next++)->times;
    Operations const operations = operations_of(instruction.text);
    if (times > 0 && operations != Operations{}) all[instruction.address] += operations * times;
    if (ends_block(instruction.text)) times = 0;
  }
  check(next == blocks.end() && times == 0, "[inspector] cannot follow the program's code after its address ", std::hex,
        next == blocks.end() ? blocks.back().begin : next->begin);
}

OperationsAt operations_of(std::vector<ExecutedBlock> const& blocks) {
  OperationsAt all;
  for (auto first = blocks.begin(); first != blocks.end();) {
    auto const is_far = [](ExecutedBlock const& a, ExecutedBlock const& b) { return b.begin - a.begin > reach; };
    auto const last = std::adjacent_find(first, blocks.end(), is_far);
    auto const end = last == blocks.end() ? last : last + 1;
    add_operations(all, {first, end});
    first = end;
  }
  return all;
}

/// Whether a line tells how the emulator carries something out. Its functions of a number are the kernel's operations.
bool is_emulation(SourceLine const& line) {
  if (line.file.ends_with("kernels/core/types.h")) return true;  // conversions
  return is_of_machine(line) && !line.file.ends_with("/host/arithmetic.cuh") && !line.file.ends_with("/host/math.cuh");
}

KernelLine place_of(std::uintptr_t instruction) {
  std::vector<SourceLine> const lines = source_lines(reinterpret_cast<void const*>(instruction + 1));
  return lines.empty() || is_emulation(lines.front()) ? KernelLine{} : kernel_line(lines);
}

}  // namespace

Operations& Operations::operator+=(Operations const& other) {
  arithmetic += other.arithmetic;
  special += other.special;
  return *this;
}

Operations operator*(Operations operations, u64 times) {
  return {operations.arithmetic * times, operations.special * times};
}

std::vector<OperationsOfLine> operations_by_line(BlockExecutions const& executions) {
  auto const before = [](KernelLine const& a, KernelLine const& b) {
    return std::tie(a.line, a.detail) < std::tie(b.line, b.detail);
  };
  std::map<KernelLine, Operations, decltype(before)> by_line(before);
  for (auto const& [address, operations] : operations_of(executions.executed()))
    if (KernelLine const place = place_of(address); !place.line.file.empty()) by_line[place] += operations;
  std::vector<OperationsOfLine> lines;
  for (auto const& [place, operations] : by_line) lines.push_back({place, operations});
  return lines;
}

}  // namespace heddle::emulated
