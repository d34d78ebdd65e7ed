#include "kernels/machine/host/scheduler/execution.h"

#include <utility>

namespace heddle::emulated {
namespace {

thread_local ExecutionOptions current;

}  // namespace

std::string describe(ExecutionOptions const& options) {
  constexpr char const* orders[] = {"forward", "reverse", "random"};
  constexpr char const* completions[] = {"eager", "late", "random"};
  return std::string(orders[static_cast<int>(options.order)]) + " order, " +
         completions[static_cast<int>(options.completion)] + " completion, seed " + std::to_string(options.seed);
}

std::vector<ExecutionOptions> adversarial_executions() {
  return {{.order = ThreadOrder::forward, .completion = Completion::eager},
          {.order = ThreadOrder::reverse, .completion = Completion::late},
          {.order = ThreadOrder::forward, .completion = Completion::late},
          {.order = ThreadOrder::random, .seed = 1, .completion = Completion::random},
          {.order = ThreadOrder::random, .seed = 2, .completion = Completion::late}};
}

ExecutionOptions execution_options() { return current; }

ScopedExecution::ScopedExecution(ExecutionOptions options) : previous_(std::exchange(current, options)) {}
ScopedExecution::~ScopedExecution() { current = previous_; }

}  // namespace heddle::emulated
