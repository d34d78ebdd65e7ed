// The shapes and values that every implementation of the Kullback-Leibler divergence is tested with.
#pragma once

#include <cmath>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fill.h"

namespace heddle::testing {

struct KlDivergenceCase {
  std::string name;
  i64 rows = 0, classes = 0;
  f32 temperature = 2, dloss = 1;
  f32 spread = 4;  // logits are uniform in ± spread
  bool gradient = true;
  std::vector<f32> teacher = {};  // instead of random values
  i64 offset = 0;                 // elements from an aligned address to the tensors
  bool once = false;              // slow on the emulator: one type, one order of threads
};

inline void PrintTo(KlDivergenceCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<KlDivergenceCase> kl_divergence_cases() {
  constexpr f32 inf = HUGE_VALF;
  return {{.name = "one_class", .rows = 3, .classes = 1},
          {.name = "no_rows", .rows = 0, .classes = 7},
          {.name = "cifar", .rows = 7, .classes = 10, .dloss = -0.5f},
          {.name = "cold", .rows = 3, .classes = 31, .temperature = 0.125f},
          {.name = "huge", .rows = 3, .classes = 40, .spread = 3e4f},
          {.name = "misaligned", .rows = 3, .classes = 64, .offset = 1},
          {.name = "loss_alone", .rows = 3, .classes = 72, .gradient = false},
          {.name = "row_512", .rows = 5, .classes = 512},
          {.name = "row_2048", .rows = 3, .classes = 2048},
          {.name = "row_4096", .rows = 2, .classes = 4096},
          {.name = "odd_streamed", .rows = 2, .classes = 1003},
          {.name = "wide_streamed", .rows = 2, .classes = 20000},
          {.name = "masked_classes", .rows = 2, .classes = 3, .teacher = {-inf, 1, 2, 3, -inf, -inf}},
          {.name = "more_rows_than_teams", .rows = 2500, .classes = 8, .once = true}};
}

/// An input of a case; nothing for what it has not.
inline std::vector<f32> kl_divergence_values(KlDivergenceCase const& c, std::string_view name, i64 count) {
  if (name == "dstudent") return std::vector<f32>(static_cast<std::size_t>(c.gradient ? count : 0));
  if (name == "teacher" && !c.teacher.empty()) return c.teacher;
  return uniform(count, name == "teacher" ? 1 : 2, -c.spread, c.spread);
}

}  // namespace heddle::testing
