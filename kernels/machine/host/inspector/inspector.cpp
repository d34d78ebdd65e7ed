#include "kernels/machine/host/inspector/inspector.h"

#include <algorithm>
#include <bit>

#include "kernels/machine/host/cluster.h"

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

std::size_t Inspector::SiteHash::operator()(AccessSite const& site) const {
  auto const code = reinterpret_cast<std::uintptr_t>(site.code);
  return code ^ (std::size_t{site.where.line()} << 40) ^ (std::size_t{site.bytes} << 32) ^
         (static_cast<std::size_t>(site.space) << 62);
}

bool Inspector::SameSite::operator()(AccessSite const& a, AccessSite const& b) const {
  return a.code == b.code && a.where.line() == b.where.line() && a.where.file_name() == b.where.file_name() &&
         a.bytes == b.bytes && a.kind == b.kind && a.space == b.space;
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
  numbers_.clear();
  for (u32 number = 0; number < kernel_->sites.size(); ++number) numbers_.emplace(kernel_->sites[number], number);
}

void Inspector::cluster_begins(Cluster& cluster) {
  cluster_ = &cluster;
  warps_.assign(static_cast<std::size_t>(cluster.size()) * 32, {});
  for (int rank = 0; rank < cluster.size(); ++rank)
    for (int thread = 0; thread < kernel_->threads; thread += warp_size)
      warp(rank, thread / warp_size).live = cluster.block(rank).warp_of(thread).present;
}

void Inspector::cluster_ends() {
  for (int rank = 0; rank < cluster_->size(); ++rank)
    for (int thread = 0; thread < kernel_->threads; thread += warp_size) come_together(rank, thread / warp_size);
  cluster_ = nullptr;
}

Space Inspector::space_of(void const* address) const {
  for (int rank = 0; rank < cluster_->size(); ++rank) {
    std::span<u8> const shared = cluster_->block(rank).shared();
    if (static_cast<std::size_t>(static_cast<u8 const*>(address) - shared.data()) < shared.size()) return Space::shared;
  }
  return Space::global;
}

u32 Inspector::site_number(AccessSite const& site) {
  auto const [entry, is_new] = numbers_.try_emplace(site, static_cast<u32>(kernel_->sites.size()));
  if (is_new) {
    kernel_->sites.push_back(site);
    kernel_->counts.emplace_back();
  }
  return entry->second;
}

void Inspector::access(Actor actor, Access const& access) {
  u32 const site = site_number({access.site, access.where, access.kind, space_of(access.address), access.bytes});
  WarpState& state = warp(actor.rank, actor.thread / warp_size);
  if (state.open.size() <= site) state.open.resize(kernel_->sites.size());
  Open& open = state.open[site];
  if (open.requests.empty()) state.used.push_back(site);
  auto const lane = static_cast<std::size_t>(actor.thread % warp_size);
  u32 const number = open.executions[lane]++;
  if (open.requests.size() <= number) open.requests.emplace_back().bytes = access.bytes;
  WarpRequest& request = open.requests[number];
  request.lanes |= 1u << lane;
  request.addresses[lane] = reinterpret_cast<std::uintptr_t>(access.address);
  if (number != open.finished || request.lanes != state.live) return;
  finish(state, site, request);
  ++open.finished;
}

void Inspector::finish(WarpState const& warp, u32 site_number, WarpRequest const& request) {
  AccessSite const& site = kernel_->sites[site_number];
  AccessCounts& counts = kernel_->counts[site_number];
  auto const lanes = static_cast<u64>(std::popcount(request.lanes));
  bool const is_bulk = site.bytes > 16;  // issued by one lane for all
  ++counts.requests;
  counts.divergent += !is_bulk && request.lanes != warp.live;
  counts.lanes += lanes;
  counts.live_lanes += is_bulk ? lanes : static_cast<u64>(std::popcount(warp.live | request.lanes));
  std::vector<Interval> const intervals = touched(request);
  counts.useful_bytes += useful_bytes(intervals);
  if (site.space == Space::shared) {
    Wavefronts const needed = wavefronts(request);
    counts.wavefronts += needed.needed;
    counts.least_wavefronts += needed.least;
    return;
  }
  counts.sectors += sectors(intervals);
  for (Interval const& interval : intervals) {
    if (site.kind != AccessKind::write) kernel_->read.add(interval);
    if (site.kind != AccessKind::read) kernel_->written.add(interval);
  }
}

void Inspector::come_together(int rank, int number) {
  WarpState& state = warp(rank, number);
  for (u32 const site : state.used) {
    Open& open = state.open[site];
    for (std::size_t i = open.finished; i < open.requests.size(); ++i) finish(state, site, open.requests[i]);
    open.executions = {};
    open.requests.clear();
    open.finished = 0;
  }
  state.used.clear();
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
