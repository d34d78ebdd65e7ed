// The one exception type. Its text starts with the operation and names the value and the remedy:
// [conv2d] groups must divide c: c=30, groups=4
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace heddle {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws an Error whose text is `parts` written one after the other.
template <class... Parts>
[[noreturn, gnu::noinline]] void fail(Parts const&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Error(text.str());
}

/// Throws an Error made of `parts` unless `condition` holds.
template <class... Parts>
void check(bool condition, Parts const&... parts) {
  if (!condition) fail(parts...);
}

}  // namespace heddle
