#include "kernels/machine/host/inspector/operations.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include "kernels/core/error.h"
#include "kernels/machine/host/instrumentation/machine_code.h"

namespace heddle::emulated {
namespace {

constexpr std::uintptr_t reach = 65536;  // no basic block is longer; those further apart are disassembled apart

using OperationsAt = std::map<std::uintptr_t, Operations>;  // by the address of the instruction

/// The instruction at an address; null when it lies elsewhere.
Instruction const* find(std::span<Instruction const> code, std::uintptr_t address) {
  auto const is_before = [](Instruction const& instruction, std::uintptr_t value) {
    return instruction.address < value;
  };
  auto const found = std::lower_bound(code.begin(), code.end(), address, is_before);
  return found != code.end() && found->address == address ? &*found : nullptr;
}

bool ends_block(std::string_view instruction) {
  return instruction.starts_with("ret") || instruction.find("<__sanitizer_cov_trace_pc") != instruction.npos;
}

/// Adds what a block computed. The compiler splits some late, such as those that convert u64 to f32: followed is the
/// path on which no condition jumps, because the other serves rare values.
void add_operations(OperationsAt& all, std::span<Instruction const> code, ExecutedBlock const& block) {
  std::set<std::uintptr_t> walked;
  Instruction const* at = find(code, block.begin);
  check(at != nullptr, "[inspector] no instruction of the program begins where a basic block does: objdump failed");
  while (at != nullptr && walked.insert(at->address).second) {
    Operations const operations = operations_of(at->text);
    if (operations != Operations{}) all[at->address] += operations * block.times;
    if (ends_block(at->text)) return;
    at = at->text.starts_with("jmp") ? find(code, at->target) : at == &code.back() ? nullptr : at + 1;
  }
}

OperationsAt operations_of(std::vector<ExecutedBlock> const& blocks) {
  OperationsAt all;
  auto const is_far = [](ExecutedBlock const& a, ExecutedBlock const& b) { return b.begin - a.begin > reach; };
  for (auto first = blocks.begin(); first != blocks.end();) {
    auto const last = std::adjacent_find(first, blocks.end(), is_far);
    auto const end = last == blocks.end() ? last : last + 1;
    std::vector<Instruction> const code = disassemble(first->begin, (end - 1)->begin + reach);
    for (; first != end; ++first) add_operations(all, code, *first);
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
