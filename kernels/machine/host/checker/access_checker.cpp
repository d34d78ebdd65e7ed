// How an access is judged.
#include <algorithm>
#include <sstream>

#include "kernels/machine/host/allocations.h"
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/instrumentation/source_lines.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

std::string place_of(Access const& access) {
  KernelLine const place = kernel_line(access);
  if (place.line.line == 0) return "an unknown line";
  std::string const text = describe(place.line);
  return place.detail == place.line ? text : text + " (in " + describe(place.detail) + ")";
}

char const* verb(AccessKind kind) {
  return kind == AccessKind::atomic ? "updates" : kind == AccessKind::write ? "writes" : "reads";
}

}  // namespace

AccessChecker::Toucher AccessChecker::toucher(Actor actor, Access const& access, u32 site) const {
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

bool AccessChecker::ordered(Record const& before, Toucher const& now) const {
  if (before.cluster != now.record.cluster) {
    auto const other = now.knowledge->others.find(before.cluster);
    return other != now.knowledge->others.end() && before.step <= step_of(*other->second, before.agent);
  }
  if (before.agent == now.record.agent && now.in_order) return true;
  if (before.agent == now.issuer) return before.step <= now.issuer_step;
  return before.step <= step_of(now.knowledge->steps, before.agent);
}

std::string AccessChecker::fault(Cell const& cell, Toucher const& now, bool shared) const {
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

void AccessChecker::access(Actor actor, Access const& access) {
  if (!failure_.empty()) return;
  auto const begin = reinterpret_cast<u64>(access.address), end = begin + access.bytes;
  bool const shared = block_at(begin) != nullptr;
  if (!shared && !within_allocation(actor, access)) return;
  if (shared && block_at(begin)->ended())
    return report(actor, access, begin, "whose block has ended: end with cluster_sync");
  if (access.kind == AccessKind::atomic) synchronise(actor, begin);
  Toucher now = toucher(actor, access, sites_.number(access, shared ? Space::shared : Space::global));
  for (u64 word = begin & ~u64{3}; word < end; word += 4) {
    u64 const first = std::max(begin, word) - word, last = std::min(end, word + 4) - word;
    now.record.bytes = static_cast<u8>((1u << last) - (1u << first));
    Cell& cell = shadow_.cell(word);
    std::string const wrong = fault(cell, now, shared);
    if (!wrong.empty()) return report(actor, access, word + first, wrong);
    if (now.record.writes) cell.written |= now.record.bytes;
    cell.add(now.record, [&](Record const& before) { return ordered(before, now); });
  }
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
  for (int rank = 0; rank < cluster_->size(); ++rank) {
    auto const shared = cluster_->block(rank).shared();
    if (address - reinterpret_cast<u64>(shared.data()) < shared.size()) return &cluster_->block(rank);
  }
  return nullptr;
}

std::string AccessChecker::describe_memory(u64 address) const {
  std::ostringstream text;
  if (Block* const block = block_at(address)) {
    text << "shared memory (offset " << address - reinterpret_cast<u64>(block->shared().data());
    if (cluster_->size() > 1) text << " of block " << block->rank() << " of the cluster";
    text << ")";
    return text.str();
  }
  text << "global memory (" << reinterpret_cast<void const*>(address) << ")";
  return text.str();
}

void AccessChecker::report(Actor actor, Access const& access, u64 address, std::string const& what) {
  std::ostringstream text;
  text << cluster_->block(actor.rank).place() << " thread " << actor.thread << ": " << verb(access.kind) << " "
       << access.bytes << " bytes of " << describe_memory(address) << " at " << place_of(access) << ", " << what;
  failure_ = text.str();
}

std::string AccessChecker::describe(Record const& record) const {
  AccessSite const& site = sites_[record.site];
  std::string const does =
      std::string(" ") + verb(site.kind) + " at " + place_of({nullptr, site.bytes, site.kind, site.code, site.where});
  if (record.cluster != number_) return "another block" + does;
  if (record.agent >= agents_.size()) return "an asynchronous operation" + does;
  int const rank = record.agent / threads_;
  return "thread " + std::to_string(record.agent % threads_) +
         (rank == 0 ? "" : " of block " + std::to_string(rank) + " of the cluster") + does;
}

}  // namespace heddle::emulated
