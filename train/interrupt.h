// Ctrl-C, and the signal that a scheduler sends before it takes the machine away.
#pragma once

namespace heddle::train {

/// While it lives, the first SIGINT or SIGTERM only asks for an end; the second ends the program at once.
class InterruptGuard {
 public:
  static constexpr int exit_code = 130;

  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(InterruptGuard const&) = delete;
  InterruptGuard& operator=(InterruptGuard const&) = delete;

  bool requested() const;
};

}  // namespace heddle::train
