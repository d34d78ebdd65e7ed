#include "train/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

namespace heddle::train {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_signal(int) {
  if (interrupted != 0) _exit(InterruptGuard::exit_code);
  interrupted = 1;
  constexpr std::string_view text = "\ninterrupted: ending after this step; once more ends at once\n";
  [[maybe_unused]] auto const written = write(STDERR_FILENO, text.data(), text.size());
}

void handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  handle(on_signal);
}

InterruptGuard::~InterruptGuard() { handle(SIG_DFL); }

bool InterruptGuard::requested() const { return interrupted != 0; }

}  // namespace heddle::train
