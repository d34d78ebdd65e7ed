#include "train/streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "kernels/core/error.h"

namespace heddle::train {

void secure_streams() {
  // The lowest free number is the one that open gives.
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
    if (::fcntl(number, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  std::signal(SIGPIPE, SIG_IGN);
}

void print_result(std::string const& text) {
  errno = 0;
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return;
  fail("[output] ", std::generic_category().message(errno), "; not printed: ", text.substr(0, text.find('\n')));
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
  return text;
}

}  // namespace heddle::train
