// The shapes that every implementation of pooling is tested with.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kernels/pool/average_pool.h"

namespace heddle::testing {

struct Pool2dCase {
  std::string name;
  Pool2dShape shape;
  i64 offset = 0;     // elements from an aligned address to the tensors
  bool once = false;  // slow on the emulator: one type, one order of threads
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
      {"resnet_stem",
       {.n = 1, .h = 20, .w = 18, .c = 64, .r = 3, .s = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}}},
      {"misaligned", {.n = 1, .h = 9, .w = 6, .c = 32, .r = 2, .s = 2, .stride_h = 2, .stride_w = 2}, 1},
      {"wide_window", {.n = 1, .h = 19, .w = 21, .c = 8, .r = 17, .s = 16, .stride_h = 2, .stride_w = 3}, 0, true},
      {"more_images_than_blocks", {.n = 4300, .h = 2, .w = 2, .c = 2, .r = 2, .s = 2}, 0, true},
  };
}

struct AdaptivePool2dCase {
  std::string name;
  AdaptivePool2dShape shape;
  i64 offset = 0;
};

inline void PrintTo(AdaptivePool2dCase const& c, std::ostream* out) { *out << c.name; }

inline std::vector<AdaptivePool2dCase> adaptive_pool2d_cases() {
  return {
      {"one", {.n = 1, .h = 1, .w = 1, .c = 1, .p = 1, .q = 1}},
      {"no_images", {.n = 0, .h = 4, .w = 4, .c = 3, .p = 2, .q = 2}},
      {"no_channels", {.n = 2, .h = 4, .w = 4, .c = 0, .p = 2, .q = 2}},
      {"divided", {.n = 2, .h = 8, .w = 6, .c = 16, .p = 4, .q = 2}},
      {"overlapping", {.n = 2, .h = 10, .w = 7, .c = 5, .p = 3, .q = 4}},
      {"enlarged", {.n = 1, .h = 3, .w = 4, .c = 8, .p = 7, .q = 9}},
      {"whole", {.n = 3, .h = 5, .w = 6, .c = 40, .p = 1, .q = 1}},
      {"classifier", {.n = 1, .h = 17, .w = 19, .c = 32, .p = 7, .q = 7}},
      {"misaligned", {.n = 1, .h = 8, .w = 6, .c = 16, .p = 4, .q = 2}, 3},
  };
}

struct GlobalAverageSizes {
  std::string name;
  i64 n, positions, channels;
  i64 offset = 0;
  bool once = false;
};

inline void PrintTo(GlobalAverageSizes const& c, std::ostream* out) { *out << c.name; }

inline std::vector<GlobalAverageSizes> global_average_cases() {
  return {
      {"one", 1, 1, 1},
      {"no_images", 0, 9, 8},
      {"no_channels", 2, 9, 0},
      {"one_position", 3, 1, 24},
      {"resnet", 2, 49, 512},
      {"odd", 3, 35, 13},
      {"wide_odd_groups", 1, 30, 264},
      {"misaligned", 2, 49, 64, 1},
      {"split", 1, 4099, 32},
      {"split_channel", 1, 5000, 1},
      {"split_misaligned", 1, 2500, 16, 1, true},
      {"many_splits", 1, 70000, 8, 0, true},
  };
}

}  // namespace heddle::testing
