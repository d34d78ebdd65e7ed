// All configurations of the kernels of the matrix product, and their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/gemm/gemm_choice.h"

namespace heddle {

/// Each choice but the automatic one.
std::vector<GemmChoice> const& gemm_choices();

/// Such as "sm90/cooperative_256x3x2": the path and the numbers of the configuration.
std::string name_of(GemmChoice const& choice);

/// Nothing where there is none of that name.
std::optional<GemmChoice> find_gemm_choice(std::string_view name);

}  // namespace heddle
