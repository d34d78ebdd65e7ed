#include "bench/inspect/inspection.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/inspect/kernels.h"
#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::inspect {
namespace {

std::map<std::string, Resources> read_resources(std::string const& file, std::string const& source,
                                                std::string const& type) {
  std::map<std::string, Resources> result;
  std::ifstream stream(file);
  nlohmann::json const all = nlohmann::json::parse(stream, nullptr, false);
  if (!all.is_object()) return result;
  for (auto const& [launchers, architectures] : all.items()) {
    if (!launchers.starts_with(source)) continue;
    for (auto const& [architecture, kernels] : architectures.items()) {
      if (!kernels.contains(type)) continue;
      nlohmann::json const& facts = kernels.at(type);
      result[architecture] = {facts.value("registers", 0), facts.value("shared_bytes", 0),
                              facts.value("spilled_bytes", 0), facts.value("blocks_of_multiprocessor", 0),
                              facts.value("occupancy", 0.0)};
    }
  }
  return result;
}

template <class Value>
auto total(Inspection const& inspection, Value value) {
  decltype(value(inspection.launched[0])) sum{};
  for (emulated::KernelReport const& kernel : inspection.launched) sum += value(kernel);
  return sum;
}

}  // namespace

Inspection inspect(std::string const& name, std::string const& shape_argument, std::string const& type_argument,
                   std::string const& resources_file) {
  InspectedKernel const kernel = find_kernel(name);
  std::vector<i64> const shape = parse_shape(kernel, shape_argument);
  std::string const type = choose_type(kernel, type_argument);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  Cost const declared = kernel.run(shape, type);
  Inspection result = {name, shape_text(shape), type, declared, report(inspector), {}};
  for (emulated::KernelReport const& launched : result.launched)
    result.resources.push_back(read_resources(resources_file, kernel.source, launched.type));
  return result;
}

u64 moved_bytes(Inspection const& inspection) {
  return total(inspection, [](emulated::KernelReport const& kernel) { return kernel.moved_bytes(); });
}
u64 least_bytes(Inspection const& inspection) {
  return total(inspection, [](emulated::KernelReport const& kernel) { return kernel.least_bytes(); });
}
emulated::Operations operations(Inspection const& inspection) {
  return total(inspection, [](emulated::KernelReport const& kernel) { return kernel.operations; });
}
u64 matrix_operations(Inspection const& inspection) {
  return total(inspection, [](emulated::KernelReport const& kernel) { return kernel.matrix_operations; });
}

std::string operations_text(Inspection const& inspection) {
  emulated::Operations const counted = operations(inspection);
  return fmt::format("{:.0f} declared; counted {} by threads and {} by the matrix unit; {} special functions",
                     inspection.declared.flops, counted.arithmetic, matrix_operations(inspection), counted.special);
}

std::string shown(std::string const& file) {
  std::string const root = HEDDLE_ROOT "/";
  return file.starts_with(root) ? file.substr(root.size()) : file;
}

char const* name_of(emulated::AccessKind kind) {
  constexpr char const* names[] = {"read", "write", "atomic"};
  return names[static_cast<int>(kind)];
}

char const* name_of(emulated::Space space) { return space == emulated::Space::global ? "global" : "shared"; }

}  // namespace heddle::inspect
