// The cases of mean greys as operation_test.h wants them.
#pragma once

#include "bench/samples/image_grey.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct ImageGreyCase : bench::ImageGreySample {
  std::string name;
  i64 count, h, w, c;
  i64 offset = 0;

  template <class T>
  Args<T> arguments() const {
    return {.count = count, .h = h, .w = w, .c = c};
  }
  /// Sums of whole numbers: the same bits everywhere.
  template <class T>
  Bounds bounds(Args<f32> const&) const {
    return {{"grey", std::vector<double>(static_cast<std::size_t>(count), 0.0)}};
  }
};

inline std::vector<ImageGreyCase> image_grey_cases() {
  return {
      {{}, "one", 1, 1, 1, 1},       {{}, "none", 0, 4, 4, 3},
      {{}, "no_pixels", 3, 0, 4, 3}, {{}, "cifar", 5, 32, 32, 3},
      {{}, "mnist", 4, 28, 28, 1},   {{}, "odd", 5, 7, 9, 3},
      {{}, "odd_grey", 5, 7, 9, 1},  {{}, "misaligned", 2, 16, 16, 3, 1},
      {{}, "large", 2, 96, 100, 3},
  };
}

}  // namespace heddle::testing
