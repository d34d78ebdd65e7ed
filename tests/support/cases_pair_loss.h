// The sizes and kinds that every implementation of the losses of pairs is tested with.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/loss/pair_loss.h"
#include "tests/support/fill.h"

namespace heddle::testing {

inline constexpr char const* pair_loss_names[] = {"squared", "absolute", "huber", "binary_cross_entropy", "focal"};

struct PairLossCase {
  std::string name;
  PairLossOptions options = {};
  i64 count = 0;
  f32 spread = 4;     // x is uniform in ± spread
  bool hard = false;  // targets 0 and 1, else uniform in [0, 1)
  f32 scale = 0.5f, dloss = 1;
  bool gradient = true;
  i64 offset = 0;     // elements from an aligned address to the tensors
  bool once = false;  // slow on the emulator: one type, one order of threads
};

inline void PrintTo(PairLossCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<PairLossCase> pair_loss_cases() {
  std::vector<PairLossCase> cases;
  for (int kind = 0; kind < 5; ++kind) {
    std::string const name = pair_loss_names[kind];
    PairLossOptions const options = {.kind = static_cast<PairLoss>(kind), .delta = 0.75f};
    cases.push_back({.name = name + "_none", .options = options, .count = 0});
    cases.push_back({.name = name + "_one", .options = options, .count = 1});
    cases.push_back({.name = name + "_odd", .options = options, .count = 1003, .dloss = -3});
    cases.push_back({.name = name + "_hard", .options = options, .count = 4096, .spread = 90, .hard = true});
    cases.push_back({.name = name + "_misaligned", .options = options, .count = 531, .offset = 1});
    cases.push_back({.name = name + "_loss_alone", .options = options, .count = 300, .gradient = false});
    cases.push_back({.name = name + "_blocks", .options = options, .count = 20001});
  }
  cases.push_back({.name = "focal_without_gamma", .options = {.kind = PairLoss::focal, .gamma = 0}, .count = 100});
  cases.push_back(
      {.name = "focal_small_gamma", .options = {.kind = PairLoss::focal, .gamma = 0.5f}, .count = 64, .hard = true});
  cases.push_back({.name = "equal_pairs", .options = {.kind = PairLoss::absolute}, .count = 70, .spread = 0});
  cases.push_back({.name = "more_blocks_than_threads", .count = 260 * 4096 + 5, .scale = 0x1p-16f, .once = true});
  return cases;
}

/// An input of a case; nothing for what it has not.
inline std::vector<f32> pair_loss_values(PairLossCase const& c, std::string_view name, i64 count) {
  if (name == "x") return uniform(count, 1, -c.spread, c.spread);
  if (name == "dx") return std::vector<f32>(static_cast<std::size_t>(c.gradient ? count : 0));
  if (c.hard) return small_integers(count, 2, 0, 1);
  return c.spread == 0 ? std::vector<f32>(static_cast<std::size_t>(count)) : uniform(count, 2, 0, 1);
}

}  // namespace heddle::testing
