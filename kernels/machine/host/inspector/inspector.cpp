#include "kernels/machine/host/inspector/inspector.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

AccessCounts& AccessCounts::operator+=(AccessCounts const& other) {
  requests += other.requests;
  divergent += other.divergent;
  lanes += other.lanes;
  live_lanes += other.live_lanes;
  useful_bytes += other.useful_bytes;
  sectors += other.sectors;
  wavefronts += other.wavefronts;
  least_wavefronts += other.least_wavefronts;
  return *this;
}

double AccessCounts::efficiency() const {
  return sectors == 0 ? 1 : static_cast<double>(useful_bytes) / static_cast<double>(sectors * sector_bytes);
}

double AccessCounts::active_share() const {
  return live_lanes == 0 ? 1 : static_cast<double>(lanes) / static_cast<double>(live_lanes);
}

void Inspector::launch_begins(GridLaunch const& launch) {
  auto const same = std::find_if(kernels_.begin(), kernels_.end(),
                                 [&](KernelCounts const& kernel) { return kernel.name == launch.name; });
  kernel_ = same != kernels_.end() ? &*same : &kernels_.emplace_back();
  kernel_->name = launch.name;
  kernel_->type = launch.type;
  ++kernel_->launches;
  kernel_->blocks += u64{launch.grid.x} * launch.grid.y * launch.grid.z;
  kernel_->threads = launch.threads;
  kernel_->shared_bytes = launch.shared_bytes;
  warps_.clear();
  kernel_->executions.start();
}

void Inspector::launch_ends() {
  BlockExecutions::stop();
  kernel_ = nullptr;
}

void Inspector::cluster_begins(Cluster& cluster) {
  cluster_ = &cluster;
  warps_.resize(static_cast<std::size_t>(cluster.size()) * 32);
  shared_.clear();
  for (int rank = 0; rank < cluster.size(); ++rank) {
    shared_.push_back(cluster.block(rank).shared());
    for (int thread = 0; thread < kernel_->threads; thread += warp_size)
      warp(rank, thread / warp_size).live = cluster.block(rank).warp_of(thread).present;
  }
}

void Inspector::cluster_ends() {
  for (int rank = 0; rank < cluster_->size(); ++rank)
    for (int thread = 0; thread < kernel_->threads; thread += warp_size) come_together(rank, thread / warp_size);
  cluster_ = nullptr;
}

inline Space Inspector::space_of(void const* address) const {
  for (std::span<u8 const> const shared : shared_)
    if (static_cast<std::size_t>(static_cast<u8 const*>(address) - shared.data()) < shared.size()) return Space::shared;
  return Space::global;
}

void Inspector::access(Actor actor, Access const& access) {
  u32 const site = kernel_->sites.number(access, space_of(access.address), in_bulk_operation_);
  if (in_bulk_operation_) return count_bulk(access, site);
  auto const thread = static_cast<unsigned>(actor.thread);
  WarpState& state = warps_[static_cast<unsigned>(actor.rank) * 32 + thread / warp_size];
  if (state.open.size() <= site || state.open[site] == nullptr) open_at(state, site);
  AddressQueue& executions = state.open[site]->executions[thread % warp_size];
  bool const is_next = executions.empty();
  executions.push(reinterpret_cast<std::uintptr_t>(access.address));
  if (is_next) come_to_next(state, site, thread % warp_size);
}

void Inspector::come_to_next(WarpState& warp, u32 site, unsigned lane) {
  std::unique_ptr<Open>& open = warp.open[site];
  open->in_next |= 1u << lane;
  if (open->in_next != warp.live) return;
  finish_next(warp, site, *open);
  if (open->in_next == 0) closed_.push_back(std::move(open));
}

void Inspector::open_at(WarpState& warp, u32 site) {
  if (warp.open.size() <= site) warp.open.resize(kernel_->sites.size());
  if (closed_.empty()) closed_.push_back(std::make_unique<Open>());
  warp.open[site] = std::move(closed_.back());
  closed_.pop_back();
}

void Inspector::operation_issued(Operation const& operation, u64, u64 number) {
  if (operation.async_proxy) bulk_operations_.insert(number);
}

// What a bulk copy or wgmma touches in one piece. How it goes to the banks is not known.
void Inspector::count_bulk(Access const& access, u32 site) {
  if (access.repeated) return;
  if (kernel_->counts.size() <= site) kernel_->counts.resize(kernel_->sites.size());
  AccessCounts& counts = kernel_->counts[site];
  auto const begin = reinterpret_cast<std::uintptr_t>(access.address);
  Interval const interval = {begin, begin + access.bytes};
  Intervals one;
  one.add(interval);
  ++counts.requests;
  counts.useful_bytes += access.bytes;
  if (kernel_->sites[site].space == Space::shared) return;
  counts.sectors += sectors(one);
  if (access.kind != AccessKind::write) kernel_->read.add(interval);
  if (access.kind != AccessKind::read) kernel_->written.add(interval);
}

void Inspector::finish_next(WarpState const& warp, u32 site, Open& open) {
  WarpRequest request;
  request.bytes = kernel_->sites[site].bytes;
  request.lanes = open.in_next;
  open.in_next = 0;
  for (unsigned left = request.lanes; left != 0; left &= left - 1) {
    auto const lane = static_cast<std::size_t>(std::countr_zero(left));
    AddressQueue& executions = open.executions[lane];
    request.addresses[lane] = executions.pop();
    open.in_next |= static_cast<unsigned>(!executions.empty()) << lane;
  }
  count(warp, site, request);
}

void Inspector::count(WarpState const& warp, u32 site_number, WarpRequest const& request) {
  AccessSite const& site = kernel_->sites[site_number];
  if (kernel_->counts.size() <= site_number) kernel_->counts.resize(kernel_->sites.size());
  AccessCounts& counts = kernel_->counts[site_number];
  auto const lanes = static_cast<u64>(std::popcount(request.lanes));
  ++counts.requests;
  counts.divergent += request.lanes != warp.live;
  counts.lanes += lanes;
  counts.live_lanes += static_cast<u64>(std::popcount(warp.live | request.lanes));
  Intervals const intervals = touched(request);
  counts.useful_bytes += useful_bytes(intervals);
  if (site.space == Space::shared) {
    count_wavefronts(request, counts);
    return;
  }
  counts.sectors += sectors(intervals);
  for (Interval const& interval : intervals) {
    if (site.kind != AccessKind::write) kernel_->read.add(interval);
    if (site.kind != AccessKind::read) kernel_->written.add(interval);
  }
}

void Inspector::count_wavefronts(WarpRequest const& request, AccessCounts& counts) const {
  for (std::span<u8 const> const shared : shared_) {
    WarpRequest of_block = request;
    for (std::size_t lane = 0; shared_.size() > 1 && lane < warp_size; ++lane)
      if (request.addresses[lane] - reinterpret_cast<std::uintptr_t>(shared.data()) >= shared.size())
        of_block.lanes &= ~(1u << lane);
    Wavefronts const needed = wavefronts(of_block);
    counts.wavefronts += needed.needed;
    counts.least_wavefronts += needed.least;
  }
}

void Inspector::come_together(int rank, int number) {
  WarpState& state = warp(rank, number);
  for (u32 site = 0; site < state.open.size(); ++site) {
    std::unique_ptr<Open>& open = state.open[site];
    if (open == nullptr) continue;
    while (open->in_next != 0) finish_next(state, site, *open);
    closed_.push_back(std::move(open));
  }
  Warp const& lanes = cluster_->block(rank).warp_of(number * warp_size);
  state.live = lanes.present & ~lanes.exited;
  state.together = 0;
}

void Inspector::rendezvous(Block const& block, int number, unsigned mask, Collective const& collective,
                           std::source_location where) {
  ++kernel_->collectives[{collective.name, where.file_name(), where.line()}];
  Warp const& lanes = block.warp_of(number * warp_size);
  if ((lanes.present & ~lanes.exited & ~mask) == 0) come_together(block.rank(), number);
}

void Inspector::barrier_completes(Block const& block, void const* barrier, char const* name,
                                  std::source_location where) {
  ++kernel_->barriers[{name, where.file_name(), where.line()}];
  barrier_ = barrier;
  for (int thread = 0; thread < kernel_->threads; thread += warp_size)
    warp(block.rank(), thread / warp_size).together = 0;
}

// Each thread that waits in a barrier is told when it completes; other objects are acquired by one lane after the
// other.
void Inspector::acquired(Actor actor, void const* object) {
  if (object != barrier_) return;
  WarpState& state = warp(actor.rank, actor.thread / warp_size);
  state.together |= 1u << (actor.thread % warp_size);
  Warp const& lanes = cluster_->block(actor.rank).warp_of(actor.thread);
  if ((lanes.present & ~lanes.exited & ~state.together) == 0) come_together(actor.rank, actor.thread / warp_size);
}

}  // namespace heddle::emulated
