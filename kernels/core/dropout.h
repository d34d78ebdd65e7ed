// Dropout (Srivastava et al. 2014) and its relatives, without a stored mask: whether a unit is kept is a function of
// (seed, stream, unit) that forward and backward pass, CPU and GPU compute alike.
//
//   y = x * scale where the unit of x is kept, 0 elsewhere
//
// A unit is what is kept or dropped as one. Element i of a tensor belongs to the unit
//   i / extent * channels + i % channels
//   each element      extent = channels = 1: dropout; DropConnect (Wan et al. 2013), when the tensor is one of weights
//   each channel      extent = h w c, channels = c, of a tensor [n, h, w, c] (Tompson et al. 2015)
//   each sample       extent = h w c, channels = 1: stochastic depth (Huang et al. 2016)
// Each unit takes 16 random bits, eight units one draw of Philox. The rate is therefore rounded to a multiple of 2^-16;
// scale is 1 / (1 - rate) of the rounded rate, so that the mean of y is x exactly.
#pragma once

#include <array>

#include "kernels/core/divisor.h"
#include "kernels/core/error.h"
#include "kernels/core/philox.h"

namespace heddle {

struct Dropout {
  f32 rate = 0;  // the probability of being dropped, 0 to 1
  u64 seed = 0, stream = 0;
  i64 extent = 1, channels = 1;  // as above, both at least 1

  constexpr bool active() const { return rate != 0; }
};

/// A Dropout as kernels use it.
class DropoutMask {
 public:
  using Draw = std::array<u32, 4>;
  static constexpr int units_of_draw = 8;

  /// Throws an Error that names the rate when it is not in [0, 1].
  explicit DropoutMask(Dropout const& dropout)
      : seed_(dropout.seed),
        stream_(dropout.stream),
        extent_(dropout.extent),
        channels_(dropout.channels),
        active_(dropout.active()) {
    check(dropout.rate >= 0 && dropout.rate <= 1, "[dropout] rate must be between 0 and 1: rate=", dropout.rate);
    check(dropout.extent >= 1 && dropout.channels >= 1,
          "[dropout] extent and channels must be positive: extent=", dropout.extent, ", channels=", dropout.channels);
    threshold_ = static_cast<u32>(dropout.rate * 65536 + 0.5f);
    scale_ = threshold_ == 65536 ? 0.0f : 65536.0f / static_cast<f32>(65536 - threshold_);
  }

  constexpr bool active() const { return active_; }
  constexpr bool of_elements() const { return extent_.value() == 1 && channels_.value() == 1; }
  constexpr bool of_samples() const { return channels_.value() == 1; }

  constexpr i64 unit(i64 element) const {
    return of_elements() ? element : extent_.quotient(element) * channels_.value() + channels_.remainder(element);
  }
  /// The random bits of units `unit / 8 * 8` to `unit / 8 * 8 + 7`.
  constexpr Draw draw(i64 unit) const { return philox(seed_, stream_, static_cast<u64>(unit) / units_of_draw); }
  /// What a unit's elements are multiplied with, given its draw and its place in it, 0 to 7.
  constexpr f32 factor(Draw const& draw, int place) const {
    // No index into the array, which would keep it from the registers.
    u32 const low = place & 2 ? draw[1] : draw[0], high = place & 2 ? draw[3] : draw[2];
    u32 const word = place & 4 ? high : low;
    return (place & 1 ? word >> 16 : word & 0xffffu) >= threshold_ ? scale_ : 0.0f;
  }

 private:
  u64 seed_, stream_;
  Divisor extent_, channels_;
  bool active_;
  u32 threshold_;
  f32 scale_;
};

}  // namespace heddle
