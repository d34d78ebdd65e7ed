// An operation on a device against the CPU.
//
// A case of an operation is a struct with
//   template <class T> using Args, template <class T> static constexpr Operation<Args<T>> operation   as in
//   bench/samples; template <class T> Args<T> arguments() const       its sizes and numbers; std::vector<f32>
//   values(name, count, seed) const   what its inputs hold; i64 offset                                         elements
//   from an aligned address to its tensors; template <class T> Bounds bounds(Args<f32> const& reference) const
//       for each tensor of floating-point numbers that is written, what the device, which computes in f32 and rounds to
//       T, may be off from the reference, given the arguments of the reference after it ran. Integers must be equal.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "bench/harness/operands.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "ops/memory.h"
#include "tests/support/compare.h"

namespace heddle::testing {

using Bounds = std::map<std::string, std::vector<double>>;

/// Runs the operation in f32 on the CPU, on given inputs.
template <class Case>
struct Reference {
  using Args = typename Case::template Args<f32>;

  Args args;
  bench::Operands operands;

  Reference(Case const& c, bench::Values const& inputs)
      : args(c.template arguments<f32>()), operands(cpu::memory, args, inputs) {
    Case::template operation<f32>.cpu(args, {});
  }
};

/// Runs it on `device` with elements of T, and compares all that it writes with the reference.
template <class T, class Case>
void test_operation(Device device, Case const& c) {
  auto args = c.template arguments<T>();
  bench::Operands const operands(
      memory_of(device), args, [&](auto name, i64 count, u64 seed) { return c.values(name, count, seed); }, 0,
      c.offset);
  auto const inputs = [&](std::string_view name, i64, u64) {
    return operands.has(name) ? operands.values(name) : std::vector<f32>();
  };
  Reference<Case> const reference(c, inputs);
  std::map<std::string, std::vector<f32>> before;
  operands.for_each([&](std::string const& name, bool written) {
    if (!written) before[name] = operands.values(name);
  });

  auto const& operation = Case::template operation<T>;
  (device == Device::cpu ? operation.cpu : device == Device::cuda ? operation.cuda : operation.emulated)(args, {});

  Bounds const bounds = c.template bounds<T>(reference.args);
  operands.for_each([&](std::string const& name, bool written) {
    SCOPED_TRACE(name);
    std::vector<f32> const actual = operands.values(name);
    if (!written) {
      EXPECT_TRUE(equal(actual, before[name])) << "an input was changed";
    } else {
      auto const bound = bounds.find(name);
      ASSERT_TRUE(bound != bounds.end() || actual.empty() || operands.roundoff(name) == 0) << "has no bound";
      EXPECT_TRUE(within(actual, reference.operands.values(name),
                         [&](std::size_t i, double) { return bound == bounds.end() ? 0.0 : bound->second.at(i); }));
    }
  });
  EXPECT_EQ(operands.overrun(), "") << "was written around";
}

/// The same for all types of activations.
template <class Case>
void test_all_types(Device device, Case const& c) {
  test_operation<f32>(device, c);
  test_operation<f16>(device, c);
  test_operation<bf16>(device, c);
}

struct EmulatedTest {
  int architecture = 90;
  bool once = false;  // slow on the emulator: one type and one execution
};

/// On the emulator, in adverse executions.
template <class Case>
void test_emulated(Case const& c, EmulatedTest const& test = {}) {
  for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
    options.architecture = test.architecture;
    SCOPED_TRACE(describe(options));
    emulated::ScopedExecution const execution(options);
    if (test.once) return test_operation<f32>(Device::emulated, c);
    test_all_types(Device::emulated, c);
  }
}

}  // namespace heddle::testing
