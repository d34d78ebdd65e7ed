// Who has last touched each byte of memory: four records for every four bytes.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <unordered_map>

#include "kernels/core/types.h"

namespace heddle::emulated {

struct Record {
  u32 step = 0;  // of the agent; 0: none
  u32 cluster = 0;
  u32 site = 0;  // number of the place in the kernel
  u16 agent = 0;
  u8 bytes = 0;  // a bit for each of the four
  bool writes : 1 = false;
  bool atomic : 1 = false;
  bool async_proxy : 1 = false;  // by a bulk copy or wgmma

  bool is_of_agent_of(Record const& other) const { return agent == other.agent && cluster == other.cluster; }
};

constexpr u8 whole_word = 0b1111;

/// Four bytes, at an address that is a multiple of four.
struct Cell {
  std::array<Record, 4> records;
  u8 written = 0;      // a bit for each byte that has been written
  u8 next_victim = 0;  // the record that gives way when all are taken

  /// Puts the record in place of those that it makes needless, of no further bytes: of the same agent and kind, or such
  /// that `is_before` it and races with no more than it does: a read need not outlive a write, nor an atomic write a
  /// plain one. Where there is none, another one is lost, a read before a write.
  template <class IsBefore>
  void add(Record const& record, IsBefore is_before);
  /// Whether the read of a thread that was added last, and was right, speaks for others in the same phase: all of its
  /// bytes are theirs, all records are taken, and what it knows, not what it has written itself, makes it right.
  bool is_settled_by(Record const& read) const;
};

/// Threads, beside each other in the cluster, who know the same and have the same step: what one of them may read, all
/// may.
struct Phase {
  u32 knowledge = 0, step = 0;
  u16 first_thread = 0, threads = 0;

  bool has(u32 thread) const { return thread - first_thread < threads; }
};

class Shadow {
 public:
  Cell& cell(u64 address) { return page(address).cells[word(address)]; }
  /// The phase for which the word is settled: its threads may read it, and four accesses are remembered, of which one
  /// is such a read.
  Phase& settled(u64 address) { return page(address).settled[word(address)]; }
  void clear() { *this = {}; }
  /// Forgets a range, whose ends are multiples of four. The phases for which it is settled must have passed.
  void forget(std::span<u8 const> range);

 private:
  static constexpr u64 page_bytes = 4096;
  struct Page {
    std::array<Cell, page_bytes / 4> cells;
    std::array<Phase, page_bytes / 4> settled;  // apart from the cells: read far more often
  };
  struct Recent {
    u64 number = 0;
    Page* page = nullptr;
  };

  static u64 word(u64 address) { return address % page_bytes / 4; }
  Page& page(u64 address) {
    u64 const number = address / page_bytes;
    Recent& recent = recent_[number % recent_.size()];
    if (recent.page == nullptr || recent.number != number) recent = {number, &find(number)};
    return *recent.page;
  }
  Page& find(u64 number);

  std::unordered_map<u64, std::unique_ptr<Page>> pages_;
  std::array<Recent, 256> recent_;
};

template <class IsBefore>
void Cell::add(Record const& record, IsBefore is_before) {
  Record* free = nullptr;
  for (Record& old : records) {
    bool const covered = (old.bytes & ~record.bytes) == 0;
    bool const races_with_all = (record.writes || !old.writes) && (!record.atomic || old.atomic);
    bool const same = old.is_of_agent_of(record) && old.writes == record.writes && old.atomic == record.atomic &&
                      old.step <= record.step;
    if (old.step == 0 || (covered && (same || (races_with_all && is_before(old))))) {
      if (free != nullptr)
        old.step = 0;
      else
        free = &old;
    }
  }
  if (free == nullptr) {
    auto const reads = [](Record const& old) { return !old.writes; };
    bool const all_write = std::ranges::none_of(records, reads);
    do next_victim = (next_victim + 1) % 4;
    while (!all_write && !reads(records[next_victim]));
    free = &records[next_victim];
  }
  *free = record;
}

inline bool Cell::is_settled_by(Record const& read) const {
  auto const stays = [&](Record const& old) { return old.step != 0 && !(old.writes && old.is_of_agent_of(read)); };
  return read.bytes == whole_word && std::ranges::all_of(records, stays);
}

}  // namespace heddle::emulated
