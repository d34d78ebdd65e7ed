// One CUDA thread's flow of control: a stack that is left at a barrier and entered again after it.
#pragma once

#include <boost/context/fiber.hpp>

namespace heddle::emulated {

/// Runs one body after the other on a stack of its own, which is kept between them.
/// Belongs to the host thread that first resumes it.
class Fiber {
 public:
  using Body = void (*)(void* argument);

  Fiber() = default;
  /// The body must have returned.
  ~Fiber();
  Fiber(Fiber const&) = delete;
  Fiber& operator=(Fiber const&) = delete;

  /// The next `resume` starts body(argument). The body before must have returned.
  void start(Body body, void* argument);
  /// Continues the body until it suspends or returns. The body lets no exception escape.
  void resume();
  /// Called from the body: returns to who called `resume`.
  void suspend();

  bool is_on_stack(void const* address) const {
    return static_cast<std::size_t>(static_cast<char const*>(address) - static_cast<char const*>(inside_stack_)) <
           inside_bytes_;
  }

 private:
  void open();
  void run_bodies();

  boost::context::fiber inside_;   // the body, while it is suspended
  boost::context::fiber outside_;  // who called resume, while the body runs
  Body body_ = nullptr;            // none: the stack is to be given back
  void* argument_ = nullptr;

  // The two stacks, which AddressSanitizer must know.
  void const* outside_stack_ = nullptr;
  void const* inside_stack_ = nullptr;
  std::size_t outside_bytes_ = 0;
  std::size_t inside_bytes_ = 0;
};

}  // namespace heddle::emulated
