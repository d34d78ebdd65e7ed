// The lists of tensors that every implementation of an optimizer is tested with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::testing {

struct OptimizerCase {
  std::string name;
  std::vector<i64> counts;
  i64 offset = 0;     // elements from an aligned address to every other tensor
  bool copy = false;  // whether parameters are copied to T as well
};

inline void PrintTo(OptimizerCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<OptimizerCase> optimizer_cases() {
  std::vector<i64> more_than_a_launch_takes;  // of any operation
  for (i64 i = 0; i < 230; ++i) more_than_a_launch_takes.push_back(i * 7 % 23);
  return {{.name = "empty_list", .counts = {}},
          {.name = "empty_tensors", .counts = {0, 0}},
          {.name = "one", .counts = {1}, .copy = true},
          {.name = "around_a_chunk", .counts = {4095, 4096, 4097}, .copy = true},
          {.name = "mixed", .counts = {3, 0, 10000, 1, 64, 16385, 0}, .copy = true},
          {.name = "misaligned", .counts = {1025, 5, 8, 4100, 33, 8193}, .offset = 1, .copy = true},
          {.name = "without_copy", .counts = {2049, 7, 130}, .offset = 4},
          {.name = "many", .counts = more_than_a_launch_takes, .offset = 3}};
}

}  // namespace heddle::testing
