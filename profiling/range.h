// Named spans of host time that a profiler's timeline shows.
#pragma once

namespace heddle::profiling {

/// Opens a range named `name` (a literal, or outliving the range) in the NVTX domain "heddle" and closes it at the end
/// of the scope. Without CUDA there is nobody to tell, and it costs nothing.
class Range {
 public:
  explicit Range(char const* name);
  ~Range();
  Range(Range const&) = delete;
  Range& operator=(Range const&) = delete;
};

}  // namespace heddle::profiling
