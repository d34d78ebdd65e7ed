// Expectations on error messages.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kernels/core/error.h"

namespace heddle::testing {

/// The text of the Error that `action` throws, or a note that it threw none.
template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (Error const& error) {
    return error.what();
  }
  return "(no error)";
}

}  // namespace heddle::testing
