// A warp of the emulator: 32 lanes, and the collectives that the lanes of a mask carry out together.
#pragma once

#include <array>
#include <source_location>
#include <string>

#include "kernels/core/types.h"

namespace heddle::emulated {

constexpr int warp_size = 32;

struct Request;

/// An operation that ends when all lanes of its mask have come to it.
struct Collective {
  char const* name;
  /// Carries it out: from the requests of the 32 lanes to their results, of which those in `mask` are valid.
  void (*perform)(Request const* requests, unsigned mask, u64* results);
  /// Whether what a lane wrote before it is seen by the others after it. Only __syncwarp promises this.
  bool orders_memory = false;
};

/// What one lane brings to a collective.
struct Request {
  Collective const* collective = nullptr;
  unsigned mask = 0;
  u64 value = 0;   // or the address of what is longer: the lane's variables stay where they are until all go on
  int source = 0;  // the lane that a shuffle reads
  std::source_location where;
};

/// Why a lane sleeps. Who changes the object wakes it; without an object it polls, and wakes when nobody else can run.
struct Wait {
  char const* what = nullptr;
  void const* object = nullptr;
  std::source_location where;
  std::string (*detail)(void const* object) = nullptr;  // more of it, for the report of a deadlock
};

struct Warp {
  unsigned present = 0;                     // lanes that exist: the last warp of a block may have fewer than 32
  unsigned ready = 0;                       // lanes that can run
  unsigned exited = 0;                      // lanes that have returned from the kernel
  unsigned in_collective = 0;               // lanes that wait in a collective
  unsigned asleep = 0;                      // lanes that wait for something else
  std::array<Request, warp_size> requests;  // of the lanes in a collective
  std::array<u64, warp_size> results;
  std::array<Wait, warp_size> waits;  // of the lanes asleep

  /// A new block: `count` lanes, all ready.
  void begin(int count);
  /// Lane `lane` comes to a collective. When it is the last of its mask, all of them are ready and have results: true.
  /// Throws an Error for a mask that lacks the lane, or names one that does not exist or has exited.
  bool arrive(int lane, Request const& request);
  /// Lane `lane` returns from the kernel. Throws an Error when another waits for it.
  void exit(int lane);
  /// Makes the lanes that sleep for `object` ready; returns them.
  unsigned wake(void const* object);
};

/// "layer_norm.cuh:57".
std::string describe(std::source_location const& where);

}  // namespace heddle::emulated
