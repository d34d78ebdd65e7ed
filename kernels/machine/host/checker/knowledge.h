// What one agent knows of the others: up to which of their steps everything is ordered before its own next step
// (a vector clock). Agents are the threads of a cluster and the queues of its asynchronous work.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::emulated {

/// Steps by agent; agents beyond the end are at 0.
using Clock = std::vector<u32>;

inline u32 step_of(Clock const& clock, u32 agent) { return agent < clock.size() ? clock[agent] : 0; }
/// At least as much as `other`.
void join(Clock& clock, Clock const& other);
void advance(Clock& clock, u32 agent, u32 step);

/// By the number of another cluster.
using OtherClocks = std::map<u64, std::shared_ptr<Clock const>>;

struct Knowledge {
  u32 number = 0;  // that no other has; 0 while it is put together
  Clock steps;
  /// Steps before a proxy fence that is ordered before: what asynchronous copies and wgmma may read.
  Clock fenced_steps;
  /// Steps before a fence that is ordered before: what atomic accesses release.
  Clock offered_steps;
  /// What atomic accesses that are ordered before have seen: known from the next fence on.
  Clock seen_steps;
  OtherClocks others;
  OtherClocks seen_others;
};

void join(OtherClocks& clocks, OtherClocks const& others);
void join(Knowledge& knowledge, Knowledge const& other);

/// What has been left at an object for those who acquire it: gathered until it is published.
struct Meeting {
  Knowledge gathered;
  std::shared_ptr<Knowledge const> last;  // that was gathered: threads of a block mostly bring the same
  std::shared_ptr<Knowledge const> published;
  u32 publications = 0;
};

/// The first step of a thread, before it has done anything: who knows of it knows that the thread has begun.
constexpr u32 beginning = 1;

/// A thread: what it knows, shared with all who know the same, and its own step.
struct Agent {
  std::shared_ptr<Knowledge const> base;
  u32 number = 0;  // of the base, beside the step: both are read at every access
  u32 step = beginning + 1;
  Meeting const* left_all_at = nullptr;  // where it released all it knows, and has learned nothing since
  u32 publications = 0;                  // of that meeting, until then
  Knowledge seen = {};                   // by its atomic accesses, and not yet part of the base

  void know(std::shared_ptr<Knowledge const> knowledge) {
    base = std::move(knowledge);
    number = base->number;
    left_all_at = nullptr;
  }
};

}  // namespace heddle::emulated
