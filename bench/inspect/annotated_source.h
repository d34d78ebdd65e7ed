// The sources of an inspected kernel, each line with what was counted there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/inspect/inspection.h"

namespace heddle::inspect {

struct LineNotes {
  emulated::AccessCounts global, shared;
  emulated::Operations operations;
  std::vector<std::string> rendezvous;  // "384 x __syncthreads"
};

struct AnnotatedSource {
  std::string file;                // as it is shown
  bool is_kernel = false;          // or of functions that kernels call
  std::vector<std::string> text;   // empty where the file is not at hand
  std::map<int, LineNotes> notes;  // by line, from 1
};

/// Those of kernels first.
std::vector<AnnotatedSource> annotated_sources(Inspection const& inspection);

}  // namespace heddle::inspect
