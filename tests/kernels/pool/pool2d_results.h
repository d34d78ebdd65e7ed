// CPU pooling on vectors. Outputs are NaN (-1 for indices) before a call, so that an element left out shows.
#pragma once

#include <limits>
#include <vector>

#include "kernels/pool/average_pool.h"
#include "kernels/pool/global_average.h"
#include "kernels/pool/max_pool.h"

namespace heddle::testing {

inline std::vector<f32> poison(i64 count) {
  return std::vector<f32>(static_cast<std::size_t>(count), std::numeric_limits<f32>::quiet_NaN());
}

struct MaxPoolResult {
  std::vector<f32> y;
  std::vector<i32> index;
};

inline MaxPoolResult max_pool(Pool2dShape const& s, std::vector<f32> const& x) {
  MaxPoolResult out = {poison(s.output_count()), std::vector<i32>(static_cast<std::size_t>(s.output_count()), -1)};
  cpu::max_pool_forward<f32>({.shape = s, .x = x.data(), .y = out.y.data(), .index = out.index.data()}, {});
  return out;
}

inline std::vector<f32> max_pool_gradient(Pool2dShape const& s, std::vector<f32> const& dy,
                                          std::vector<i32> const& index) {
  std::vector<f32> dx = poison(s.input_count());
  cpu::max_pool_backward<f32>({.shape = s, .dy = dy.data(), .index = index.data(), .dx = dx.data()}, {});
  return dx;
}

inline std::vector<f32> average_pool(Pool2dShape const& s, bool count_padding, std::vector<f32> const& x) {
  std::vector<f32> y = poison(s.output_count());
  cpu::average_pool_forward<f32>({.shape = s, .count_padding = count_padding, .x = x.data(), .y = y.data()}, {});
  return y;
}

inline std::vector<f32> average_pool_gradient(Pool2dShape const& s, bool count_padding, std::vector<f32> const& dy) {
  std::vector<f32> dx = poison(s.input_count());
  cpu::average_pool_backward<f32>({.shape = s, .count_padding = count_padding, .dy = dy.data(), .dx = dx.data()}, {});
  return dx;
}

inline std::vector<f32> adaptive_average_pool(AdaptivePool2dShape const& s, std::vector<f32> const& x) {
  std::vector<f32> y = poison(s.output_count());
  cpu::adaptive_average_pool_forward<f32>({.shape = s, .x = x.data(), .y = y.data()}, {});
  return y;
}

inline std::vector<f32> adaptive_average_pool_gradient(AdaptivePool2dShape const& s, std::vector<f32> const& dy) {
  std::vector<f32> dx = poison(s.input_count());
  cpu::adaptive_average_pool_backward<f32>({.shape = s, .dy = dy.data(), .dx = dx.data()}, {});
  return dx;
}

inline std::vector<f32> global_average(i64 n, i64 positions, i64 c, std::vector<f32> const& x) {
  std::vector<f32> y = poison(n * c);
  cpu::global_average_forward<f32>(
      {.n = n, .positions = positions, .c = c, .x = x.data(), .y = y.data(), .workspace = {}}, {});
  return y;
}

inline std::vector<f32> global_average_gradient(i64 n, i64 positions, i64 c, std::vector<f32> const& dy) {
  std::vector<f32> dx = poison(n * positions * c);
  cpu::global_average_backward<f32>({.n = n, .positions = positions, .c = c, .dy = dy.data(), .dx = dx.data()}, {});
  return dx;
}

}  // namespace heddle::testing
