#include "kernels/machine/host/scheduler/fiber.h"

#include <boost/context/protected_fixedsize_stack.hpp>
#include <memory>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace heddle::emulated {
namespace {

// AddressSanitizer follows a change of stacks when it is told before and after.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stack_bytes = 256 * 1024;  // its frames are larger
void before_switch(void** left, void const* stack, std::size_t bytes) {
  __sanitizer_start_switch_fiber(left, stack, bytes);
}
void after_switch(void* entered, void const** stack, std::size_t* bytes) {
  __sanitizer_finish_switch_fiber(entered, stack, bytes);
}
#else
constexpr std::size_t stack_bytes = 64 * 1024;
void before_switch(void**, void const*, std::size_t) {}
void after_switch(void*, void const**, std::size_t*) {}
#endif

}  // namespace

Fiber::~Fiber() {
  if (!inside_) return;
  body_ = nullptr;
  resume();
}

void Fiber::start(Body body, void* argument) {
  if (!inside_) open();
  body_ = body;
  argument_ = argument;
}

void Fiber::open() {
  // A guard page below the stack turns an overflow into a fault where it happens.
  boost::context::protected_fixedsize_stack stacks(stack_bytes);
  boost::context::stack_context const stack = stacks.allocate();
  inside_bytes_ = stack.size;
  inside_stack_ = static_cast<char*>(stack.sp) - stack.size;
  inside_ = boost::context::fiber(std::allocator_arg, boost::context::preallocated(stack.sp, stack.size, stack), stacks,
                                  [this](boost::context::fiber&& outside) {
                                    outside_ = std::move(outside);
                                    after_switch(nullptr, &outside_stack_, &outside_bytes_);
                                    run_bodies();
                                    before_switch(nullptr, outside_stack_, outside_bytes_);
                                    return std::move(outside_);
                                  });
}

void Fiber::run_bodies() {
  while (body_ != nullptr) {
    body_(argument_);
    suspend();
  }
}

void Fiber::resume() {
  void* left = nullptr;
  before_switch(&left, inside_stack_, inside_bytes_);
  inside_ = std::move(inside_).resume();
  after_switch(left, nullptr, nullptr);
}

void Fiber::suspend() {
  void* left = nullptr;
  before_switch(&left, outside_stack_, outside_bytes_);
  outside_ = std::move(outside_).resume();
  after_switch(left, &outside_stack_, &outside_bytes_);
}

}  // namespace heddle::emulated
