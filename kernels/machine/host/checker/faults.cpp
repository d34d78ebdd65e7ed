// How a fault is told.
#include <sstream>

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
