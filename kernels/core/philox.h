// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011). Element i of stream s under a seed is a pure function of (seed, s, i), so
// a result does not depend on how many threads drew it, and a backward pass can draw it again.
#pragma once

#include <array>

#include "kernels/core/types.h"

namespace heddle {

/// Four independent 32-bit words for one (seed, stream, index).
constexpr std::array<u32, 4> philox(u64 seed, u64 stream, u64 index) {
  std::array<u32, 4> c = {static_cast<u32>(index), static_cast<u32>(index >> 32), static_cast<u32>(stream),
                          static_cast<u32>(stream >> 32)};
  u32 key0 = static_cast<u32>(seed), key1 = static_cast<u32>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    u64 const a = u64{0xD2511F53u} * c[0];
    u64 const b = u64{0xCD9E8D57u} * c[2];
    c = {static_cast<u32>(b >> 32) ^ c[1] ^ key0, static_cast<u32>(b), static_cast<u32>(a >> 32) ^ c[3] ^ key1,
         static_cast<u32>(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return c;
}

/// The streams that have a fixed use. A Generator counts its streams up from 0; these have all ones in the top byte,
/// the use in the next, and 48 bits for an epoch or the like, so that no two ever meet.
enum class StreamUse : u8 {
  crop_and_flip = 1,  // of an image in an epoch: row, column, flip
  cutout = 2,         // of an image in an epoch: row, column of the centre
  first_flip = 3,     // of an image: whether alternating flips start mirrored
  epoch_order = 4,    // of an epoch: the order of its images
  colour = 5,         // of an image in an epoch: brightness, contrast, saturation, hue
  affine = 6,         // of an image in an epoch: rotation, shear, scale
  mixing = 7,         // of a batch, by its number: which pictures are mixed, and how much of each
};

constexpr u64 reserved_stream(StreamUse use, u64 part) {
  return u64{0xff} << 56 | u64{static_cast<u8>(use)} << 48 | part;
}

/// A word as a float in [0, 1): its upper 24 bits, each value exact.
constexpr f32 uniform01(u32 word) { return static_cast<f32>(word >> 8) * 0x1p-24f; }

/// A word as an integer in [0, bound), by multiplication (bias below bound / 2^32).
constexpr u32 uniform_below(u32 word, u32 bound) { return static_cast<u32>(u64{word} * bound >> 32); }

}  // namespace heddle
