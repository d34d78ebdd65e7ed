// Watches launches and counts what their memory accesses cost and what they compute.
//
// The accesses of the lanes of a warp are put together into requests, which a GPU would carry out as one instruction:
// the n-th execution of a place in the code by each lane since the warp last came together belongs to the n-th request.
#pragma once

#include <compare>
#include <deque>
#include <map>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "kernels/machine/host/inspector/address_queue.h"
#include "kernels/machine/host/inspector/touched_bytes.h"
#include "kernels/machine/host/inspector/warp_request.h"
#include "kernels/machine/host/instrumentation/access_sites.h"
#include "kernels/machine/host/instrumentation/basic_blocks.h"
#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

/// What was counted at one place, or at several together.
struct AccessCounts {
  u64 requests = 0;
  u64 divergent = 0;  // requests without some of the live lanes
  u64 lanes = 0;      // that took part
  u64 live_lanes = 0;
  u64 useful_bytes = 0;
  u64 sectors = 0;           // of global memory
  u64 wavefronts = 0;        // of shared memory
  u64 least_wavefronts = 0;  // without bank conflicts

  AccessCounts& operator+=(AccessCounts const& other);
  /// Useful share of what moves; 1 when nothing does.
  double efficiency() const;
  u64 conflicts() const { return wavefronts - least_wavefronts; }
  double active_share() const;
};

/// A barrier or a warp collective in the source.
struct RendezvousSite {
  std::string name, file;
  unsigned line = 0;
  friend auto operator<=>(RendezvousSite const&, RendezvousSite const&) = default;
};

/// What was counted of the launches of one kernel.
struct KernelCounts {
  std::string name;
  std::string type;  // of the kernel object that was launched last, mangled
  u64 launches = 0, blocks = 0;
  int threads = 0;
  std::size_t shared_bytes = 0;
  AccessSites sites;
  std::vector<AccessCounts> counts;                     // of each site
  std::map<RendezvousSite, u64> barriers, collectives;  // how often a block, a warp came together there
  u64 matrix_operations = 0;
  BlockExecutions executions;  // of its code, where it is instrumented
  TouchedBytes read, written;  // of global memory
};

class Inspector final : public Observer {
 public:
  /// The kernels in the order of their first launch.
  std::deque<KernelCounts> const& kernels() const { return kernels_; }

  void launch_begins(GridLaunch const& launch) override;
  void launch_ends() override;
  void cluster_begins(Cluster& cluster) override;
  void cluster_ends() override;
  void access(Actor actor, Access const& access) override;
  void rendezvous(Block const& block, int warp, unsigned mask, Collective const& collective,
                  std::source_location where) override;
  void barrier_completes(Block const& block, void const* barrier, char const* name,
                         std::source_location where) override;
  void acquired(Actor actor, void const* object) override;
  void operation_issued(Operation const& operation, u64 group, u64 number) override;
  void operation_begins(u64 number) override { in_bulk_operation_ = bulk_operations_.erase(number) > 0; }
  void operation_ends() override { in_bulk_operation_ = false; }
  void matrix_operations(Actor, u64 operations) override { kernel_->matrix_operations += operations; }

 private:
  /// The requests of a warp at one site since it last came together.
  struct Open {
    std::array<AddressQueue, warp_size> executions;  // by each lane, of requests in which some have not yet taken part
    unsigned in_next = 0;                            // lanes that have come to the first of those
  };
  struct WarpState {
    unsigned live = 0;                        // lanes that had not returned when the warp last came together
    unsigned together = 0;                    // lanes that have come to the barrier
    std::vector<std::unique_ptr<Open>> open;  // of each site; null for none
  };

  void count_bulk(Access const& access, u32 site);
  Space space_of(void const* address) const;
  WarpState& warp(int rank, int warp) {
    return warps_[static_cast<std::size_t>(rank) * 32 + static_cast<std::size_t>(warp)];
  }
  void come_together(int rank, int warp);
  void open_at(WarpState& warp, u32 site);
  void come_to_next(WarpState& warp, u32 site, unsigned lane);
  void finish_next(WarpState const& warp, u32 site, Open& open);
  void count(WarpState const& warp, u32 site, WarpRequest const& request);
  /// Of shared memory: each block of the cluster has banks of its own.
  void count_wavefronts(WarpRequest const& request, AccessCounts& counts) const;

  std::deque<KernelCounts> kernels_;
  KernelCounts* kernel_ = nullptr;
  Cluster* cluster_ = nullptr;
  std::vector<std::span<u8 const>> shared_;    // of its blocks
  std::vector<WarpState> warps_;               // 32 for each block of the cluster
  std::vector<std::unique_ptr<Open>> closed_;  // to be used again: their memory is in the caches
  void const* barrier_ = nullptr;              // that completed last
  std::unordered_set<u64> bulk_operations_;    // in flight
  bool in_bulk_operation_ = false;
};

}  // namespace heddle::emulated
