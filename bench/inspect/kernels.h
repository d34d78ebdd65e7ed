// The kernels that `./heddle inspect` knows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/core/cost.h"
#include "kernels/core/types.h"

namespace heddle::inspect {

struct InspectedKernel {
  std::string name;
  std::string shape;               // the names of the sizes: "ROWSxCOLUMNS"
  std::vector<i64> example;        // sizes for who names none
  std::vector<std::string> types;  // of the elements, the first for who names none
  std::string source;              // the launchers, as in kernels/resources.json: a file, or a folder/
  /// Runs it once on the emulator, on random data; returns what it declares.
  Cost (*run)(std::vector<i64> const& shape, std::string const& type);
};

std::vector<InspectedKernel> operation_kernels();
std::vector<InspectedKernel> optimizer_kernels();
std::vector<InspectedKernel> matrix_product_kernels();

/// All of them.
std::vector<InspectedKernel> inspected_kernels();

/// Throws an Error with one line when the kernel is not there.
InspectedKernel find_kernel(std::string const& name);

/// "64x4096" as the sizes of a kernel; the example where the text is empty. Throws an Error when it is no such shape.
std::vector<i64> parse_shape(InspectedKernel const& kernel, std::string const& text);

/// The type by name, or the kernel's first. Throws an Error when the kernel does not take it.
std::string choose_type(InspectedKernel const& kernel, std::string const& name);

std::string shape_text(std::vector<i64> const& shape);

}  // namespace heddle::inspect
