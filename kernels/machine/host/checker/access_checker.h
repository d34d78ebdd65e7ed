// Checks every access of a launch. It finds
// - races: two accesses to the same memory, one of them a write, and no barrier, __syncwarp, mbarrier, wait or fence
//   between them that the rules of CUDA count as an order (happens-before, by vector clocks);
// - asynchronous reads of what was written without a proxy fence between;
// - reads of shared memory that nobody has written;
// - accesses beyond the ends of an allocation of global memory, or to shared memory of a block that has ended or need
// not
//   have begun.
//
// A kernel must be compiled with the instrumentation (HeddleTargets.cmake, heddle_examination): a launch of another is
// an Error. Four accesses to each word are remembered: of many that race with one, at least one is found, unless those
// remembered are all in order with it. Once there are four, a read stands for all by its warp in the same phase, or by
// 256 threads where nobody has written: these are neither looked at nor remembered (Phase, shadow.h).
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "kernels/machine/host/checker/knowledge.h"
#include "kernels/machine/host/checker/shadow.h"
#include "kernels/machine/host/instrumentation/access_sites.h"
#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

class AccessChecker : public Observer {
 public:
  /// The first fault of the launch, in the words of an Error; null when there is none.
  std::string const* failure() const override { return failure_.empty() ? nullptr : &failure_; }

  void launch_begins(GridLaunch const& launch) override;
  void cluster_begins(Cluster& cluster) override;
  void access(Actor actor, Access const& access) override;
  void rendezvous(Block const& block, int warp, unsigned mask, Collective const& what, std::source_location) override;
  void released(Actor actor, void const* object) override;
  void released_relaxed(Actor actor, void const* object) override;
  void published(void const* object) override;
  void acquired(Actor actor, void const* object) override;
  void fenced(Actor actor) override;
  void proxy_fenced(Actor actor) override;
  void operation_issued(Operation const& operation, u64 group, u64 number) override;
  void operation_begins(u64 number) override;
  void operation_ends() override;
  void group_awaited(Actor actor, Queue queue, u64 group) override;
  void queue_released(Queue queue, u64 group, void const* object) override;

 private:
  /// An operation in flight: it acts as an agent of its own, which knows what its issuer knew.
  struct Flight {
    std::shared_ptr<Knowledge const> knowledge;
    u32 issuer, issuer_step;
    u32 agent, step;
    bool in_order, async_proxy;
  };
  /// Who makes the access that is looked at.
  struct Toucher {
    Knowledge const* knowledge;
    Record record;
    u32 issuer, issuer_step;
    bool in_order;
  };

  Agent& agent_of(Actor actor) { return agents_[index(actor)]; }
  Agent const& agent_of(Actor actor) const { return agents_[index(actor)]; }
  u32 index(Actor actor) const { return static_cast<u32>(actor.rank * threads_ + actor.thread); }
  u32 index(Queue queue);
  void learn(Agent& agent, Knowledge const& more);
  void learn_seen(Agent& agent);
  std::shared_ptr<Knowledge const> share(Knowledge&& knowledge);
  Knowledge snapshot(Actor actor);
  bool is_read_of_thread(Access const& access) const {
    return access.kind == AccessKind::read && current_operation_ == nullptr;
  }
  /// Whether the access reads what has been read in the same phase: it is right, and need not be remembered.
  bool is_settled(Actor actor, Access const& access);
  Phase phase(Actor actor, bool of_input) const;
  Toucher toucher(Actor actor, Access const& access, u32 site) const;
  bool ordered(Record const& before, Toucher const& now) const;
  bool within_allocation(Actor actor, Access const& access);
  /// Whether it is known that the block has begun.
  bool has_begun(Block const& block, Toucher const& now) const;
  /// What is wrong with the access; empty when nothing is.
  std::string fault(Cell const& cell, Toucher const& now, bool shared) const;
  void synchronise(Actor actor, u64 address);
  /// Whose shared memory it is; null for none.
  Block* block_at(u64 address) const;
  void report(Actor actor, Access const& access, u64 address, std::string const& what);
  std::string describe_memory(u64 address) const;
  std::string describe(Record const& record) const;

  Cluster* cluster_ = nullptr;
  std::vector<std::span<u8 const>> shared_;  // of its blocks
  u64 number_ = 0;                           // of the cluster, counted from 1
  int threads_ = 0;
  u32 knowledges_ = 0;  // so far
  std::vector<Agent> agents_;
  std::map<Queue, u32> queue_agents_;
  std::map<void const*, Meeting> meetings_;
  std::map<u64, std::map<u64, Clock>> words_;  // left by atomic accesses: address, cluster
  std::map<u64, Flight> flights_;
  Flight const* current_operation_ = nullptr;
  Shadow shadow_;
  std::array<std::span<u8 const>, 4> allocations_;  // in which global accesses have been lately
  std::size_t next_allocation_ = 0;                 // of them, to give way
  AccessSites sites_;
  std::string failure_;
};

}  // namespace heddle::emulated
