// How an access is judged.
#include <algorithm>

#include "kernels/machine/host/allocations.h"
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

// Of so many threads in the same phase, one read stands for all once four accesses are remembered. What nobody has
// written is mostly an input; other words are a warp's as often as a block's, and warps are ordered one by one.
constexpr u16 readers_of_input = 256, readers_of_written = warp_size;

}  // namespace

inline AccessChecker::Toucher AccessChecker::toucher(Actor actor, Access const& access, u32 site) const {
  Toucher now;
  now.record.cluster = static_cast<u32>(number_);
  now.record.site = site;
  now.record.writes = access.kind != AccessKind::read;
  now.record.atomic = access.kind == AccessKind::atomic;
  if (Flight const* const flight = current_operation_) {
    now.knowledge = flight->knowledge.get();
    now.record.agent = static_cast<u16>(flight->agent);
    now.record.step = flight->step;
    now.record.async_proxy = flight->async_proxy;
    now.issuer = flight->issuer;
    now.issuer_step = flight->issuer_step;
    now.in_order = flight->in_order;
  } else {
    Agent const& agent = agent_of(actor);
    now.knowledge = agent.base.get();
    now.record.agent = static_cast<u16>(index(actor));
    now.record.step = agent.step;
    now.issuer = now.record.agent;
    now.issuer_step = agent.step;
    now.in_order = true;
  }
  return now;
}

inline bool AccessChecker::ordered(Record const& before, Toucher const& now) const {
  if (before.cluster != now.record.cluster) {
    auto const other = now.knowledge->others.find(before.cluster);
    return other != now.knowledge->others.end() && before.step <= step_of(*other->second, before.agent);
  }
  if (before.agent == now.record.agent && now.in_order) return true;
  if (before.agent == now.issuer) return before.step <= now.issuer_step;
  return before.step <= step_of(now.knowledge->steps, before.agent);
}

std::string AccessChecker::fault(Cell const& cell, Toucher const& now, bool shared) const {
  if (cell.written == 0 && !now.record.writes && !shared) return {};
  for (Record const& before : cell.records) {
    if (before.step == 0 || (before.bytes & now.record.bytes) == 0) continue;
    if (!(before.writes || now.record.writes) || (before.atomic && now.record.atomic)) continue;
    if (!ordered(before, now)) return "a race: " + describe(before) + ", and nothing orders the two";
    if (now.record.async_proxy && !now.record.writes && !before.async_proxy && before.cluster == now.record.cluster &&
        before.step > step_of(now.knowledge->fenced_steps, before.agent))
      return "no proxy fence: " + describe(before) + ", and no fence_proxy_async lies between the two";
  }
  if (shared && !now.record.writes && (now.record.bytes & ~cell.written) != 0)
    return "uninitialised: nobody has written them before";
  return {};
}

inline bool AccessChecker::is_settled(Actor actor, Access const& access) {
  if (!is_read_of_thread(access)) return false;
  auto const begin = reinterpret_cast<u64>(access.address), end = begin + access.bytes;
  Agent const& agent = agent_of(actor);
  u32 const thread = index(actor);
  for (u64 word = begin & ~u64{3}; word < end; word += 4) {
    Phase const& settled = shadow_.settled(word);
    if (settled.knowledge != agent.number || settled.step != agent.step || !settled.has(thread)) return false;
  }
  return true;
}

inline Phase AccessChecker::phase(Actor actor, bool of_input) const {
  Agent const& agent = agent_of(actor);
  u32 const threads = of_input ? readers_of_input : readers_of_written;
  return {agent.number, agent.step, static_cast<u16>(index(actor) / threads * threads), static_cast<u16>(threads)};
}

void AccessChecker::access(Actor actor, Access const& access) {
  if (!failure_.empty() || is_settled(actor, access)) return;
  auto const begin = reinterpret_cast<u64>(access.address), end = begin + access.bytes;
  Block const* const owner = block_at(begin);
  bool const shared = owner != nullptr;
  if (!shared && !within_allocation(actor, access)) return;
  if (shared && owner->ended()) return report(actor, access, begin, "whose block has ended: end with cluster_sync");
  if (access.kind == AccessKind::atomic) synchronise(actor, begin);
  Toucher now = toucher(actor, access, sites_.number(access, shared ? Space::shared : Space::global));
  if (shared && owner->rank() != actor.rank && !has_begun(*owner, now))
    return report(actor, access, begin, "whose block need not have begun: begin with cluster_sync");
  // The memory of another block may end in the middle of a phase.
  bool const may_settle = is_read_of_thread(access) && (!shared || cluster_->size() == 1);
  for (u64 word = begin & ~u64{3}; word < end; word += 4) {
    u64 const first = std::max(begin, word) - word, last = std::min(end, word + 4) - word;
    now.record.bytes = static_cast<u8>((1u << last) - (1u << first));
    Cell& cell = shadow_.cell(word);
    std::string const wrong = fault(cell, now, shared);
    if (!wrong.empty()) return report(actor, access, word + first, wrong);
    if (now.record.writes) cell.written |= now.record.bytes;
    cell.add(now.record, [&](Record const& before) { return ordered(before, now); });
    bool const settles = may_settle && cell.is_settled_by(now.record);
    shadow_.settled(word) = settles ? phase(actor, cell.written == 0) : Phase{};
  }
}

bool AccessChecker::has_begun(Block const& block, Toucher const& now) const {
  Clock const& known = now.knowledge->steps;
  std::size_t const first = static_cast<std::size_t>(block.rank() * threads_);
  if (known.size() <= first) return false;
  auto const steps = std::span(known).subspan(first);
  return std::ranges::any_of(steps.first(std::min(steps.size(), static_cast<std::size_t>(threads_))),
                             [](u32 step) { return step >= beginning; });
}

bool AccessChecker::within_allocation(Actor actor, Access const& access) {
  u8 const* const begin = static_cast<u8 const*>(access.address);
  auto const inside = [&](std::span<u8 const> memory) {
    return begin >= memory.data() && begin + access.bytes <= memory.data() + memory.size();
  };
  for (std::span<u8 const> const allocation : allocations_)
    if (inside(allocation)) return true;
  auto const allocation = allocation_near(begin);
  if (!allocation) return true;  // memory that the emulator did not allocate
  if (inside(*allocation)) {
    allocations_[next_allocation_++ % allocations_.size()] = *allocation;
    return true;
  }
  report(actor, access, reinterpret_cast<u64>(begin),
         "out of bounds: byte " + std::to_string(begin - allocation->data()) + " of an allocation of " +
             std::to_string(allocation->size()) + " bytes");
  return false;
}

Block* AccessChecker::block_at(u64 address) const {
  for (std::size_t rank = 0; rank < shared_.size(); ++rank)
    if (address - reinterpret_cast<u64>(shared_[rank].data()) < shared_[rank].size())
      return &cluster_->block(static_cast<int>(rank));
  return nullptr;
}

}  // namespace heddle::emulated
