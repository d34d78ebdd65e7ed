// The shapes and values that every implementation of the losses on distances is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/loss/distance_loss.h"
#include "tests/support/fill.h"

namespace heddle::testing {

inline constexpr char const* distance_loss_names[] = {"center", "contrastive", "triplet"};

struct DistanceLossCase {
  std::string name;
  DistanceLoss kind = DistanceLoss::triplet;
  i64 rows = 0, columns = 0;
  f32 margin = 1, dloss = 1;
  f32 spread = 1;  // elements are uniform in ± spread
  bool gradients = true;
  i64 offset = 0;     // elements from an aligned address to the tensors
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(DistanceLossCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<DistanceLossCase> distance_loss_cases() {
  std::vector<DistanceLossCase> cases;
  for (int k = 0; k < 3; ++k) {
    std::string const name = distance_loss_names[k];
    DistanceLoss const kind = static_cast<DistanceLoss>(k);
    cases.push_back({.name = name + "_one", .kind = kind, .rows = 1, .columns = 1});
    cases.push_back({.name = name + "_no_rows", .kind = kind, .rows = 0, .columns = 5});
    cases.push_back({.name = name + "_no_columns", .kind = kind, .rows = 3, .columns = 0});
    cases.push_back({.name = name + "_odd", .kind = kind, .rows = 9, .columns = 13, .margin = 3, .dloss = -0.5f});
    cases.push_back({.name = name + "_equal", .kind = kind, .rows = 3, .columns = 16, .spread = 0});
    cases.push_back({.name = name + "_misaligned", .kind = kind, .rows = 5, .columns = 64, .margin = 8, .offset = 1});
    cases.push_back({.name = name + "_loss_alone", .kind = kind, .rows = 5, .columns = 40, .gradients = false});
    cases.push_back({.name = name + "_row_512", .kind = kind, .rows = 7, .columns = 512, .margin = 30});
    cases.push_back({.name = name + "_row_1024", .kind = kind, .rows = 3, .columns = 1024, .margin = 30});
    cases.push_back({.name = name + "_streamed", .kind = kind, .rows = 2, .columns = 4096, .margin = 80});
  }
  // Rows of a center for several warps, and more labels than a block looks at in one turn.
  cases.push_back({.name = "center_warps", .kind = DistanceLoss::center, .rows = 300, .columns = 24, .dloss = 2});
  cases.push_back({.name = "center_turns", .kind = DistanceLoss::center, .rows = 1100, .columns = 5, .once = true});
  cases.push_back({.name = "more_rows_than_teams", .rows = 2500, .columns = 8, .once = true});
  return cases;
}

inline constexpr i64 distance_loss_centers = 4;

/// An input of a case; nothing for gradients that are not wanted.
inline std::vector<f32> distance_loss_values(DistanceLossCase const& c, std::string_view name, i64 count) {
  if (name == "labels")
    return small_integers(count, 4, 0, c.kind == DistanceLoss::center ? int{distance_loss_centers} - 1 : 1);
  if (name[0] == 'd') return std::vector<f32>(static_cast<std::size_t>(c.gradients ? count : 0));
  return uniform(count, name == "a" ? 1 : name == "b" ? 2 : 3, -c.spread, c.spread);
}

}  // namespace heddle::testing
