#include "profiling/range.h"

namespace heddle::profiling {

Range::Range(char const*) {}
Range::~Range() {}

}  // namespace heddle::profiling
