#include "bench/inspect/kernels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "kernels/core/error.h"

namespace heddle::inspect {
namespace {

constexpr i64 most_elements = i64{1} << 28;  // of a product of sizes: the emulator is no GPU

}  // namespace

std::vector<InspectedKernel> inspected_kernels() {
  std::vector<InspectedKernel> all = operation_kernels();
  for (InspectedKernel const& kernel : optimizer_kernels()) all.push_back(kernel);
  for (InspectedKernel const& kernel : matrix_product_kernels()) all.push_back(kernel);
  return all;
}

InspectedKernel find_kernel(std::string const& name) {
  std::vector<std::string> names;
  for (InspectedKernel const& kernel : inspected_kernels()) {
    if (kernel.name == name) return kernel;
    names.push_back(kernel.name);
  }
  fail("[inspect] there is no kernel ", name, "; there are ", fmt::format("{}", fmt::join(names, ", ")));
}

std::vector<i64> parse_shape(InspectedKernel const& kernel, std::string const& text) {
  if (text.empty()) return kernel.example;
  std::string const message = fmt::format("[inspect] {} takes a shape {}, such as {}: {}", kernel.name, kernel.shape,
                                          shape_text(kernel.example), text);
  std::vector<i64> shape;
  i64 elements = 1;
  for (char const *at = text.data(), *const end = at + text.size();; ++at) {
    i64 size = 0;
    auto const [after, error] = std::from_chars(at, end, size);
    check(error == std::errc{} && size > 0 && size <= most_elements / elements, message);
    shape.push_back(size);
    elements *= size;
    at = after;
    if (at == end) break;
    check(*at == 'x', message);
  }
  check(shape.size() == kernel.example.size(), message);
  return shape;
}

std::string choose_type(InspectedKernel const& kernel, std::string const& name) {
  if (name.empty()) return kernel.types.front();
  check(std::find(kernel.types.begin(), kernel.types.end(), name) != kernel.types.end(), "[inspect] ", kernel.name,
        " takes the types ", fmt::format("{}", fmt::join(kernel.types, ", ")), ": ", name);
  return name;
}

std::string shape_text(std::vector<i64> const& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

}  // namespace heddle::inspect
