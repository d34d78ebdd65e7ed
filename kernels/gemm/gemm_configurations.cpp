#include "kernels/gemm/gemm_configurations.h"

#include <algorithm>
#include <iterator>

#include "kernels/gemm/gemm_plain_config.h"
#include "kernels/gemm/gemm_skinny_config.h"
#include "kernels/gemm/gemm_sm90_config.h"

namespace heddle {
namespace {

std::string joined(int a, int b) { return std::to_string(a) + "x" + std::to_string(b); }
std::string numbers(GemmPlainConfig const& c) { return joined(c.tile, c.part); }
std::string numbers(GemmSkinnyConfig const& c) { return joined(c.small, c.lines); }
std::string numbers(GemmSm90Config const& c) {
  return (c.ping_pong() ? "ping_pong_" : "cooperative_") + joined(c.columns, c.stages) + "x" +
         std::to_string(c.cluster);
}

}  // namespace

std::vector<GemmChoice> const& gemm_choices() {
  static std::vector<GemmChoice> const all = [] {
    std::vector<GemmChoice> result;
    auto const add = [&](GemmPath path, std::ptrdiff_t count) {
      for (int config = 0; config < count; ++config) result.push_back({path, config});
    };
    add(GemmPath::sm90, std::ssize(gemm_sm90_configs));
    add(GemmPath::sm80, 1);
    add(GemmPath::skinny, std::ssize(gemm_skinny_configs));
    add(GemmPath::plain, std::ssize(gemm_plain_configs));
    return result;
  }();
  return all;
}

std::string name_of(GemmChoice const& choice) {
  std::string const path = name_of(choice.path);
  switch (choice.path) {
    case GemmPath::plain:
      return path + "/" + numbers(gemm_plain_configs[choice.config]);
    case GemmPath::skinny:
      return path + "/" + numbers(gemm_skinny_configs[choice.config]);
    case GemmPath::sm90:
      return path + "/" + numbers(gemm_sm90_configs[choice.config]);
    default:
      return path;
  }
}

std::optional<GemmChoice> find_gemm_choice(std::string_view name) {
  auto const& all = gemm_choices();
  auto const found = std::ranges::find_if(all, [&](GemmChoice const& choice) { return name_of(choice) == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace heddle
