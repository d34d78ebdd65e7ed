// Functions of CUDA C++ on the bits of words.
#pragma once

#include <bit>

inline int __popc(unsigned a) { return std::popcount(a); }
inline int __popcll(unsigned long long a) { return std::popcount(a); }

/// The lowest set bit, counted from 1; 0 when there is none.
inline int __ffs(int a) { return a == 0 ? 0 : std::countr_zero(static_cast<unsigned>(a)) + 1; }
inline int __ffsll(long long a) { return a == 0 ? 0 : std::countr_zero(static_cast<unsigned long long>(a)) + 1; }

inline int __clz(int a) { return std::countl_zero(static_cast<unsigned>(a)); }
inline int __clzll(long long a) { return std::countl_zero(static_cast<unsigned long long>(a)); }

inline unsigned __brev(unsigned a) {
  unsigned reversed = 0;
  for (int bit = 0; bit < 32; ++bit) reversed |= (a >> bit & 1u) << (31 - bit);
  return reversed;
}

/// The upper word of hi:lo shifted to the left by `shift` modulo 32.
inline unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned shift) {
  unsigned long long const both = static_cast<unsigned long long>(hi) << 32 | lo;
  return static_cast<unsigned>(both << (shift % 32) >> 32);
}

/// The lower word of hi:lo shifted to the right by `shift` modulo 32.
inline unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned shift) {
  unsigned long long const both = static_cast<unsigned long long>(hi) << 32 | lo;
  return static_cast<unsigned>(both >> (shift % 32));
}

/// Four bytes of y:x, each chosen by a digit of `selector`: 0 is the lowest of x, 7 the highest of y.
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
  unsigned long long const both = static_cast<unsigned long long>(y) << 32 | x;
  unsigned bytes = 0;
  for (int i = 0; i < 4; ++i)
    bytes |= static_cast<unsigned>(both >> (8 * (selector >> (4 * i) & 7u)) & 0xffu) << (8 * i);
  return bytes;
}

inline int __float_as_int(float a) { return std::bit_cast<int>(a); }
inline unsigned __float_as_uint(float a) { return std::bit_cast<unsigned>(a); }
inline float __int_as_float(int a) { return std::bit_cast<float>(a); }
inline float __uint_as_float(unsigned a) { return std::bit_cast<float>(a); }
