// What an instruction of x86 computes.
#include <algorithm>
#include <array>

#include "kernels/machine/host/inspector/operations.h"

namespace heddle::emulated {
namespace {

constexpr std::array special_functions = {
    "acos",  "acosh",  "asin", "asinh", "atan",  "atan2", "atanh",  "cbrt",
    "cos",   "cosh",   "erf",  "erfc",  "exp",   "exp2",  "exp10",  "expm1",
    "hypot", "lgamma", "log",  "log10", "log1p", "log2",  "pow",    "rsqrt",
    "sin",   "sincos", "sinh", "sqrt",  "tan",   "tanh",  "tgamma", "heddle::emulated::rsqrt_approximate"};

/// "call 4a30 <expf@plt>" calls "expf".
std::string_view called(std::string_view instruction) {
  std::size_t const begin = instruction.find('<') + 1;
  if (!instruction.starts_with("call") || begin == 0) return {};
  std::string_view const name = instruction.substr(begin);
  return name.substr(0, name.find_first_of("@(+>"));
}

Operations operations_of_call(std::string_view name) {
  if (name == "fma" || name == "fmaf") return {.arithmetic = 2};
  auto const is = [&](std::string_view function) {
    return name.starts_with(function) && (name.size() == function.size() || name.substr(function.size()) == "f");
  };
  return {.special = std::any_of(special_functions.begin(), special_functions.end(), is)};
}

/// Of one lane. `stem` is the name of an instruction without what tells the type: "add" of "vaddss".
Operations operations_of_lane(std::string_view stem) {
  constexpr std::array single = {"add", "sub", "mul", "div", "hadd", "hsub", "addsub"};
  constexpr std::array fused = {"fmadd", "fmsub", "fnmadd", "fnmsub", "fmaddsub", "fmsubadd"};
  if (stem == "sqrt") return {.special = 1};
  if (std::find(single.begin(), single.end(), stem) != single.end()) return {.arithmetic = 1};
  stem = stem.substr(0, stem.find_last_not_of("123") + 1);  // the order of the operands
  return {.arithmetic = std::find(fused.begin(), fused.end(), stem) != fused.end() ? 2u : 0u};
}

u64 lanes_of(std::string_view type, std::string_view instruction) {
  bool const is_packed = type[0] == 'p', is_f32 = type[1] == 's';
  auto const uses = [&](char const* registers) { return instruction.find(registers) != instruction.npos; };
  u64 const bytes = uses("%zmm") ? 64 : uses("%ymm") ? 32 : 16;
  return is_packed ? bytes / (is_f32 ? 4 : 8) : 1;
}

}  // namespace

Operations operations_of(std::string_view instruction) {
  if (std::string_view const name = called(instruction); !name.empty()) return operations_of_call(name);
  std::string_view name = instruction.substr(0, instruction.find(' '));
  if (name.starts_with('v')) name.remove_prefix(1);
  std::string_view const type = name.size() < 2 ? "" : name.substr(name.size() - 2);
  if (type != "ss" && type != "sd" && type != "ps" && type != "pd") return {};
  return operations_of_lane(name.substr(0, name.size() - 2)) * lanes_of(type, instruction);
}

}  // namespace heddle::emulated
