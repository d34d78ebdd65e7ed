// Atomic operations on memory that blocks on other host threads share.
#pragma once

#include <atomic>

inline int atomicAdd(int* address, int value) { return std::atomic_ref(*address).fetch_add(value); }
inline unsigned atomicAdd(unsigned* address, unsigned value) { return std::atomic_ref(*address).fetch_add(value); }
inline float atomicAdd(float* address, float value) { return std::atomic_ref(*address).fetch_add(value); }
