#include "kernels/machine/host/execution.h"

#include <utility>

namespace heddle::emulated {
namespace {

thread_local ExecutionOptions current;

}  // namespace

ExecutionOptions execution_options() { return current; }

ScopedExecution::ScopedExecution(ExecutionOptions options) : previous_(std::exchange(current, options)) {}
ScopedExecution::~ScopedExecution() { current = previous_; }

}  // namespace heddle::emulated
