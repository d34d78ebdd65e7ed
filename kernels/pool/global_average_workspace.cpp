#include "kernels/core/arguments.h"
#include "kernels/pool/global_average.h"
#include "kernels/pool/global_average_config.h"

namespace heddle {

// Fewest groups make most splits, and it is not known here how many elements move together.
std::size_t global_average_workspace_bytes(i64 n, i64 positions, i64 c) {
  i64 splits = 1;
  for (i64 const vector : {1, 4, 8})
    splits = std::max(splits, global_average_split(n, positions, ceil_div<i64>(c, vector)).splits);
  return splits == 1 ? 0 : static_cast<std::size_t>(n * splits * c) * sizeof(f32);
}

void check_global_average(char const* operation, i64 n, i64 positions, i64 c) {
  check_sizes(operation, {{"n", n}, {"positions", positions}, {"c", c}});
  check(positions > 0 || n == 0 || c == 0, "[", operation, "] there is no mean of no positions: positions=0");
}

}  // namespace heddle
