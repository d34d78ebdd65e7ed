// What an Inspector has counted, by the lines of the source.
#pragma once

#include <vector>

#include "kernels/machine/host/inspector/inspector.h"
#include "kernels/machine/host/inspector/operations.h"
#include "kernels/machine/host/instrumentation/source_lines.h"

namespace heddle::emulated {

/// The accesses of one kind and width that one line of the kernel makes.
struct LineReport {
  KernelLine place;
  Space space = Space::global;
  AccessKind kind = AccessKind::read;
  u32 bytes = 0;      // of a lane, or of a piece
  bool bulk = false;  // by a bulk copy or wgmma: in pieces, and neither lanes nor banks are counted
  AccessCounts counts;
};

struct KernelReport {
  std::string name;
  std::string type;  // "LayerNormForward<bf16, LayerNormConfig{128, 1, true, 4}>", as in kernels/resources.json
  u64 launches = 0, blocks = 0;
  int threads = 0;
  std::size_t shared_bytes = 0;
  std::vector<LineReport> lines;              // ascending
  AccessCounts global, shared, atomics;       // totals; shared by lanes only; atomics count in the first two as well
  u64 bulk_shared_bytes = 0;                  // of shared memory that bulk copies and wgmma read and write
  u64 read_bytes = 0, written_bytes = 0;      // bytes of global memory that are touched, each once
  u64 read_sectors = 0, written_sectors = 0;  // and the sectors that hold them
  std::map<RendezvousSite, u64> barriers, collectives;
  std::vector<OperationsOfLine> operations_by_line;  // ascending
  Operations operations;                             // by the threads: their total
  u64 matrix_operations = 0;

  /// What requests move, each time anew, and what must move if a cache holds everything that is used again.
  u64 moved_bytes() const { return global.sectors * sector_bytes; }
  u64 least_bytes() const { return (read_sectors + written_sectors) * sector_bytes; }
};

/// One report for each kernel, in the order of their first launch.
std::vector<KernelReport> report(Inspector const& inspector);

}  // namespace heddle::emulated
