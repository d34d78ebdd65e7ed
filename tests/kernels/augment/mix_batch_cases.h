// The cases of mixed batches as operation_test.h wants them.
#pragma once

#include <cmath>
#include <ostream>

#include "bench/samples/mix_batch.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct MixBatchSizes {
  std::string name;
  i64 n, h, w, c, classes;
  MixOptions options = {.mixup = 1};
  i64 offset = 0;
};

inline void PrintTo(MixBatchSizes const& c, std::ostream* out) { *out << c.name; }

inline std::vector<MixBatchSizes> mix_batch_cases() {
  MixOptions const paste = {.cutmix = 1};
  return {
      {"one", 1, 1, 1, 1, 1},
      {"empty", 0, 8, 8, 3, 10},
      {"no_values", 4, 0, 8, 3, 10},
      {"cifar", 7, 32, 32, 3, 10},
      {"cifar_pasted", 7, 32, 32, 3, 10, paste},
      {"odd", 5, 7, 9, 3, 3},
      {"odd_pasted", 5, 7, 9, 3, 3, paste},
      {"misaligned", 4, 16, 16, 3, 5, {.mixup = 1}, 1},
      {"misaligned_pasted", 4, 16, 16, 3, 5, paste, 1},
      {"one_channel_pasted", 6, 20, 24, 1, 10, paste},
      {"blocks", 2, 100, 60, 3, 300},
      {"blocks_pasted", 2, 100, 60, 3, 300, paste},
      {"unmixed", 3, 16, 16, 3, 10, {}},
  };
}

/// Every type gives the bits of the reference but for the rounding to it.
struct MixBatchCase : bench::MixBatchSample<false> {
  MixBatchSizes c;
  i64 batch;
  i64 offset = c.offset;
  explicit MixBatchCase(MixBatchSizes const& given, i64 batch_ = 3) : c(given), batch(batch_) {}

  template <class T>
  Args<T> arguments() const {
    return {
        .n = c.n, .h = c.h, .w = c.w, .c = c.c, .classes = c.classes, .options = c.options, .seed = 11, .batch = batch};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "labels") return small_integers(count, 3, 0, static_cast<int>(c.classes) - 1);
    return uniform(count, 4);
  }
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"y", {}}, {"targets", std::vector<double>(static_cast<std::size_t>(c.n * c.classes), 0.0)}};
    for (i64 i = 0; i < c.n * c.h * c.w * c.c; ++i)
      result["y"].push_back(std::is_same_v<T, f32> ? 0 : unit_roundoff<T> * std::abs(a.y[i]) + half_subnormal<T>);
    return result;
  }
};

}  // namespace heddle::testing
