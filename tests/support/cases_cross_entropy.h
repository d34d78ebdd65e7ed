// The shapes and values that every implementation of cross-entropy is tested with.
#pragma once

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fill.h"

namespace heddle::testing {

struct CrossEntropyCase {
  std::string name;
  i64 rows = 0, classes = 0;
  f32 smoothing = 0;
  bool soft = false;     // targets instead of labels; every fifth is 0
  bool weights = false;  // of the classes; some are 0
  bool gradient = true;
  f32 dloss = 1;
  i32 ignored = -100;            // every third label; all, when there is one row
  f32 spread = 4;                // logits are uniform in ± spread
  std::vector<f32> logits = {};  // instead of random values
  i64 offset = 0;                // elements from an aligned address to the tensors
  int architecture = 90;
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(CrossEntropyCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<CrossEntropyCase> cross_entropy_cases() {
  constexpr f32 inf = HUGE_VALF;
  return {
      {.name = "one_class", .rows = 4, .classes = 1},
      {.name = "no_rows", .rows = 0, .classes = 7},
      {.name = "no_rows_no_classes", .rows = 0, .classes = 0},
      {.name = "all_ignored", .rows = 1, .classes = 9},
      {.name = "cifar", .rows = 9, .classes = 10},
      {.name = "cifar_smoothed_weighted", .rows = 9, .classes = 10, .smoothing = 0.125f, .weights = true},
      {.name = "loss_alone", .rows = 5, .classes = 33, .gradient = false},
      {.name = "scaled_gradient", .rows = 4, .classes = 48, .dloss = -0.25f, .ignored = 7},
      {.name = "weighted", .rows = 6, .classes = 256, .weights = true},
      {.name = "smoothed", .rows = 6, .classes = 264, .smoothing = 0.1f},
      {.name = "soft", .rows = 5, .classes = 72, .soft = true},
      {.name = "soft_smoothed_weighted", .rows = 5, .classes = 520, .smoothing = 0.5f, .soft = true, .weights = true},
      {.name = "odd_streamed_soft", .rows = 2, .classes = 1003, .soft = true, .weights = true},
      {.name = "odd_streamed_smoothed", .rows = 4, .classes = 257, .smoothing = 0.25f},
      {.name = "misaligned", .rows = 4, .classes = 64, .smoothing = 0.25f, .offset = 1},
      {.name = "huge", .rows = 5, .classes = 100, .smoothing = 0.1f, .spread = 3e4f},
      {.name = "infinities",
       .rows = 5,
       .classes = 3,
       .ignored = 2,
       .logits = {-inf, 1, 2, -inf, -inf, -inf, inf, 1, 2, NAN, inf, 1, 1, NAN, 2}},
      {.name = "masked_class_without_target", .rows = 1, .classes = 3, .soft = true, .logits = {-inf, 1, 2}},
      {.name = "masked_class_smoothed",
       .rows = 1,
       .classes = 3,
       .smoothing = 0.5f,
       .logits = {-inf, 1, 2},
       .offset = 2},
      {.name = "row_4096", .rows = 2, .classes = 4096},
      {.name = "row_8192", .rows = 2, .classes = 8192, .smoothing = 0.1f},
      {.name = "row_16384_soft", .rows = 1, .classes = 16384, .soft = true},
      {.name = "row_20000", .rows = 2, .classes = 20000},
      {.name = "wide_streamed", .rows = 2, .classes = 40000, .architecture = 80},
      {.name = "wide_cluster", .rows = 2, .classes = 40000},
      {.name = "wide_cluster_soft", .rows = 2, .classes = 33024, .smoothing = 0.1f, .soft = true, .weights = true},
      {.name = "widest_cluster", .rows = 2, .classes = 131072, .once = true},
      {.name = "more_rows_than_teams", .rows = 2500, .classes = 8, .once = true}};
}

/// An input of a case; nothing for what it has not.
inline std::vector<f32> cross_entropy_values(CrossEntropyCase const& c, std::string_view name, i64 count) {
  if (name == "logits") return c.logits.empty() ? uniform(count, 1, -c.spread, c.spread) : c.logits;
  if (name == "targets") {
    std::vector<f32> targets = c.soft ? uniform(count, 2, 0, 1) : std::vector<f32>();
    for (std::size_t i = 0; i < targets.size(); i += 5) targets[i] = 0;
    return targets;
  }
  if (name == "weights") {
    if (!c.weights) return {};
    std::vector<f32> weights = uniform(count, 3, 0.5f, 2);
    for (std::size_t j = 2; j < weights.size(); j += 7) weights[j] = 0;
    return weights;
  }
  if (name == "share") return c.weights ? std::vector<f32>{0.375f} : std::vector<f32>();
  if (name == "labels") {
    if (c.soft) return {};
    std::vector<f32> labels = small_integers(count, 4, 0, static_cast<int>(std::max<i64>(c.classes, 1)) - 1);
    for (std::size_t i = 0; i < labels.size(); i += 3) labels[i] = static_cast<f32>(c.ignored);
    return labels;
  }
  return c.gradient ? std::vector<f32>(static_cast<std::size_t>(count)) : std::vector<f32>();  // dlogits is wanted
}

}  // namespace heddle::testing
