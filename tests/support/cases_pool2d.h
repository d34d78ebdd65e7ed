// The shapes that every implementation of pooling is tested with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/pool/pool2d.h"

namespace heddle::testing {

struct Pool2dCase {
  std::string name;
  Pool2dShape shape;
};

inline void PrintTo(Pool2dCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<Pool2dCase> pool2d_cases() {
  return {
      {"one", {.n = 1, .h = 1, .w = 1, .c = 1}},
      {"no_images", {.n = 0, .h = 4, .w = 4, .c = 3, .r = 2, .s = 2}},
      {"no_channels", {.n = 2, .h = 4, .w = 4, .c = 0, .r = 2, .s = 2}},
      {"halving", {.n = 3, .h = 8, .w = 6, .c = 16, .r = 2, .s = 2, .stride_h = 2, .stride_w = 2}},
      {"odd_halving", {.n = 2, .h = 7, .w = 9, .c = 5, .r = 2, .s = 2, .stride_h = 2, .stride_w = 2}},
      {"overlapping",
       {.n = 2, .h = 9, .w = 10, .c = 7, .r = 3, .s = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}}},
      {"dense", {.n = 1, .h = 5, .w = 6, .c = 3, .r = 3, .s = 2, .padding = {1, 0, 1, 1}}},
      {"whole_image", {.n = 2, .h = 4, .w = 5, .c = 9, .r = 4, .s = 5}},
      {"sparse", {.n = 2, .h = 10, .w = 11, .c = 4, .r = 2, .s = 1, .stride_h = 3, .stride_w = 4}},
      {"padded_to_the_limit",
       {.n = 1, .h = 3, .w = 2, .c = 2, .r = 4, .s = 5, .stride_h = 3, .stride_w = 2, .padding = {2, 2, 2, 2}}},
      {"many_images", {.n = 20, .h = 4, .w = 4, .c = 8, .r = 2, .s = 2, .stride_h = 2, .stride_w = 2}},
  };
}

}  // namespace heddle::testing
