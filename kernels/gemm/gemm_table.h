// Measured choices for matrix products, which go before the estimated ones.
#pragma once

#include <istream>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "kernels/gemm/gemm_problem.h"

namespace heddle {

/// A text of lines "bf16 nt 4096 11008 4096 sm90/cooperative_256x3x2": the type, whether a and b are transposed (t) or
/// not (n), m, n, k of one product, and the name of a choice; # begins a remark. `./heddle bench gemm --tune` writes
/// it.
class GemmTable {
 public:
  GemmTable() = default;
  /// Throws an Error of one line that names the line of `name` that is none of a table, or the unknown choice.
  GemmTable(std::istream& text, std::string const& name);
  /// The table in the file that the environment variable HEDDLE_GEMM_TABLE names, read once; else an empty one.
  static GemmTable const& of_environment();

  template <class T>
  std::optional<GemmChoice> find(GemmProblem<T> const& g) const {
    auto const found = choices_.find({type_name<T>(), g.transpose_a, g.transpose_b, g.m, g.n, g.k});
    return g.batch != 1 || sizeof(T) == 1 || found == choices_.end() ? std::nullopt : std::optional(found->second);
  }
  std::size_t size() const { return choices_.size(); }

 private:
  using Key = std::tuple<std::string, bool, bool, i64, i64, i64>;

  template <class T>
  static char const* type_name() {
    return sizeof(T) == 4 ? "f32" : std::same_as<T, f16> ? "f16" : "bf16";
  }

  std::map<Key, GemmChoice> choices_;
};

}  // namespace heddle
