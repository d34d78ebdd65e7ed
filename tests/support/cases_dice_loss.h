// The shapes and values that every implementation of the Dice loss is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/loss/dice_loss.h"
#include "tests/support/fill.h"

namespace heddle::testing {

struct DiceLossCase {
  std::string name;
  i64 rows = 0, elements = 0;
  DiceOptions options = {};
  f32 spread = 4;            // logits are uniform in ± spread, probabilities in [0, 1)
  bool empty_masks = false;  // targets 0
  f32 dloss = 1;
  i64 offset = 0;     // elements from an aligned address to the tensors
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(DiceLossCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<DiceLossCase> dice_loss_cases() {
  DiceOptions const probabilities = {.smoothing = 0, .logits = false};
  return {
      {.name = "no_samples", .rows = 0, .elements = 7},
      {.name = "no_elements", .rows = 3, .elements = 0},
      {.name = "nothing_at_all", .rows = 3, .elements = 0, .options = probabilities},
      {.name = "one", .rows = 1, .elements = 1},
      {.name = "one_probability", .rows = 1, .elements = 1, .options = probabilities},
      {.name = "odd", .rows = 5, .elements = 1003, .spread = 40, .dloss = -3},
      {.name = "probabilities", .rows = 3, .elements = 400, .options = probabilities, .dloss = 0.5f},
      {.name = "more_samples_than_warps", .rows = 9, .elements = 16},
      {.name = "misaligned", .rows = 2, .elements = 640, .offset = 1},
      {.name = "empty_masks", .rows = 2, .elements = 128, .spread = 8, .empty_masks = true},
      {.name = "chunks", .rows = 2, .elements = 20000},
      {.name = "odd_chunks", .rows = 2, .elements = 12289},
      {.name = "more_chunks_than_lanes", .rows = 1, .elements = 41 * 4096 + 8, .once = true},
  };
}

/// An input of a case: sums that a sample of such elements could have, and 0 where there is nothing.
inline std::vector<f32> dice_loss_values(DiceLossCase const& c, std::string_view name, i64 count) {
  if (name == "sums") {
    bool const nothing = c.elements == 0 && c.options.smoothing == 0;
    return nothing ? std::vector<f32>(static_cast<std::size_t>(count)) : uniform(count, 3, 1, 2);
  }
  if (name == "target")
    return c.empty_masks ? std::vector<f32>(static_cast<std::size_t>(count)) : uniform(count, 2, 0, 1);
  return c.options.logits ? uniform(count, 1, -c.spread, c.spread) : uniform(count, 1, 0, 1);
}

}  // namespace heddle::testing
