// How the pictures of a batch are mixed: mixup (Zhang et al. 2018, arXiv:1710.09412) and CutMix (Yun et al. 2019,
// arXiv:1905.04899). Every choice is a pure function of (seed, batch number), drawn on the host for all devices.
#pragma once

#include "kernels/core/philox.h"

namespace heddle {

/// With both, each batch takes one of them, evenly.
struct MixOptions {
  f32 mixup = 0;        // alpha, at least 0; 0 for none: pictures are averaged, with a weight from Beta(alpha, alpha)
  f32 cutmix = 0;       // likewise: a box of another picture is pasted, of 1 minus such a weight of the area
  f32 probability = 1;  // that a batch is mixed at all
  constexpr bool any() const { return mixup != 0 || cutmix != 0; }
  friend bool operator==(MixOptions const&, MixOptions const&) = default;
};

/// Where another picture is pasted: rows [top, bottom), columns [left, right).
struct MixBox {
  i32 top = 0, left = 0, bottom = 0, right = 0;

  constexpr bool holds(i32 row, i32 column) const {
    return row >= top && row < bottom && column >= left && column < right;
  }
  constexpr bool empty() const { return top >= bottom || left >= right; }
};

/// What happens to a batch. Weights are those of a picture itself; its partner has the rest.
struct MixChoice {
  f32 of_values = 1;  // of all its values: mixup
  f32 of_labels = 1;
  MixBox box = {};  // CutMix
};

/// That for pictures of h x w. A weight of Beta(alpha, alpha) is x / (x + y), where x and y are of Gamma(alpha): with
/// d = alpha + 1 - 1/3 and c = 1 / sqrt(9 d), each is d (1 + c g)^3 u^(1 / alpha), for normal g accepted where a
/// uniform is below exp(g^2 / 2 + d - d v + d log v), v = (1 + c g)^3 (Marsaglia, Tsang 2000); normals by Box and
/// Muller. A box has the sides of the picture times sqrt(1 - weight), its centre anywhere; clipped at the borders, its
/// labels go by the area that is left.
MixChoice mix_choice(MixOptions const& options, i64 h, i64 w, u64 seed, i64 batch);

/// Which picture is the partner of picture i of n: a permutation of [0, n) by a cipher of four Feistel rounds whose
/// keys come from (seed, batch), applied until it falls below n (Black, Rogaway 2002), then shifted modulo n: the
/// cipher alone prefers some partners where n is small. A picture may be its own partner.
class MixPartners {
 public:
  constexpr MixPartners(i64 n, u64 seed, i64 batch)
      : n_(n), keys_(philox(seed, reserved_stream(StreamUse::mixing, static_cast<u64>(batch)), 0)) {
    auto const words = philox(seed, reserved_stream(StreamUse::mixing, static_cast<u64>(batch)), 1);
    if (n > 0) shift_ = static_cast<i64>((u64{words[0]} << 32 | words[1]) % static_cast<u64>(n));
    while (u64{1} << (2 * half_bits_) < static_cast<u64>(n)) ++half_bits_;
  }

  constexpr i64 operator()(i64 i) const {
    do i = static_cast<i64>(enciphered(static_cast<u64>(i)));
    while (i >= n_);
    return i < n_ - shift_ ? i + shift_ : i + shift_ - n_;
  }

 private:
  constexpr u64 enciphered(u64 block) const {
    u64 const mask = (u64{1} << half_bits_) - 1;
    u64 left = block >> half_bits_, right = block & mask;
    for (u32 const key : keys_) {
      u64 const next = left ^ (mixed(static_cast<u32>(right) ^ key) & mask);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }
  /// A bijection of words whose bits all depend on each other ("lowbias32", Wellons 2018).
  static constexpr u32 mixed(u32 x) {
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
  }

  i64 n_, shift_ = 0;
  int half_bits_ = 1;
  std::array<u32, 4> keys_;
};

}  // namespace heddle
