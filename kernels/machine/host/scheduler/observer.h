// Who watches a launch: the access checker, the inspector. The emulator tells it all that orders threads, and what the
// machine's own functions read and write; what plain C++ reads and writes it learns of in instrumented code only
// (instrumentation/hooks.cpp).
#pragma once

#include <source_location>
#include <string>

#include "kernels/core/types.h"
#include "kernels/machine/host/scheduler/grid.h"

namespace heddle::emulated {

class Block;
class Cluster;
struct Collective;
struct Operation;

/// Who acts: a thread of a block of the cluster that runs.
struct Actor {
  u64 block = 0;   // linear index in the grid
  int rank = 0;    // of the block in its cluster
  int thread = 0;  // of the block
};

enum class AccessKind : u8 { read, write, atomic };

struct Access {
  void const* address;
  u32 bytes;
  AccessKind kind;
  void const* site;            // a return address in the code that makes it
  std::source_location where;  // of the call of one of the machine's own functions; line 0 for plain C++
  bool repeated = false;       // another warp of the warpgroup makes it as well, and the hardware makes it once
};

/// Work of one kind, whose parts are awaited in the order of their issue: what one thread has copied with cp.async,
/// say, or what one mbarrier counts. The address of an object that stands for it.
using Queue = void const*;

class Observer {
 public:
  virtual ~Observer() = default;

  virtual void launch_begins(GridLaunch const&) {}
  virtual void launch_ends() {}
  /// What is wrong with the launch, which then ends with it as its Error; null when nothing is.
  virtual std::string const* failure() const { return nullptr; }
  /// The blocks of a cluster are about to run.
  virtual void cluster_begins(Cluster&) {}
  virtual void cluster_ends() {}

  virtual void access(Actor, Access const&) {}
  /// The lanes of a mask have carried out a warp collective, and go on.
  virtual void rendezvous(Block const&, int /*warp*/, unsigned /*mask*/, Collective const&, std::source_location) {}
  /// The last thread has come to a barrier of the block: each was reported as releasing it, it is then published, and
  /// those that wait in it acquire it.
  virtual void barrier_completes(Block const&, void const* /*barrier*/, char const* /*name*/, std::source_location) {}
  /// What the actor did before is ordered before what others do after they acquire the same object, once it has been
  /// published: a barrier gathers what all release, and publishes it when it completes.
  virtual void released(Actor, void const* /*object*/) {}
  /// Likewise, but all that those know who acquire the object is that the actor has begun.
  virtual void released_relaxed(Actor, void const* /*object*/) {}
  virtual void published(void const* /*object*/) {}
  virtual void acquired(Actor, void const* /*object*/) {}

  /// Asynchronous work: its accesses come between begins and ends, on behalf of the actor who issued it.
  virtual void operation_issued(Operation const&, u64 /*group*/, u64 /*number*/) {}
  virtual void operation_begins(u64 /*number*/) {}
  virtual void operation_ends() {}
  /// The actor has waited for all groups up to this one.
  virtual void group_awaited(Actor, Queue, u64 /*group*/) {}
  /// All groups of the queue up to this one have ended and are ordered before what others do after they acquire the
  /// object, once it has been published: as released(), on behalf of the queue.
  virtual void queue_released(Queue, u64 /*group*/, void const* /*object*/) {}

  /// A fence: orders what the actor did before it against its own atomic accesses after it, and the other way round.
  virtual void fenced(Actor) {}
  /// What the actor wrote before, asynchronous copies and wgmma may read (fence.proxy.async).
  virtual void proxy_fenced(Actor) {}
  /// Operations of the matrix unit, as 2 * m * n * k.
  virtual void matrix_operations(Actor, u64 /*operations*/) {}
};

}  // namespace heddle::emulated
