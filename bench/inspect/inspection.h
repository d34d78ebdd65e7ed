// What is written of an inspected kernel, and the ways to write it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernels/core/cost.h"
#include "kernels/machine/host/inspector/report.h"

namespace heddle::inspect {

/// What ptxas says of a kernel on one architecture, as accepted in kernels/resources.json.
struct Resources {
  int registers = 0, shared_bytes = 0, spilled_bytes = 0, blocks_of_multiprocessor = 0;
  double occupancy = 0;
};

struct Inspection {
  std::string kernel, shape, type;
  Cost declared;
  std::vector<emulated::KernelReport> launched;             // the kernels that it consists of
  std::vector<std::map<std::string, Resources>> resources;  // of each, by architecture; empty when unknown
};

/// Runs a kernel under the inspector. `resources_file` is kernels/resources.json, which may be missing.
Inspection inspect(std::string const& kernel, std::string const& shape, std::string const& type,
                   std::string const& resources_file);

/// Bytes of all kernels together: what requests move, and what must move if each sector moves once.
u64 moved_bytes(Inspection const& inspection);
u64 least_bytes(Inspection const& inspection);

/// Floating-point operations of all kernels together: by their threads, and by the matrix unit.
emulated::Operations operations(Inspection const& inspection);
u64 matrix_operations(Inspection const& inspection);

/// "4194304 declared; counted 4194304 by threads and 0 by the matrix unit; 64 special functions".
std::string operations_text(Inspection const& inspection);

std::string as_table(Inspection const& inspection);
std::string as_json(Inspection const& inspection);
/// A page with the source of the kernels, each line with what it costs.
std::string as_html(Inspection const& inspection);

/// The name of a source file, from the root of the project where it lies there.
std::string shown(std::string const& file);

/// "read", "write" or "atomic", and "global" or "shared".
char const* name_of(emulated::AccessKind kind);
char const* name_of(emulated::Space space);

}  // namespace heddle::inspect
