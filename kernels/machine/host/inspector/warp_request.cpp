#include "kernels/machine/host/inspector/warp_request.h"

#include <algorithm>
#include <bit>

namespace heddle::emulated {
namespace {

template <class Visit>
void for_each_lane(unsigned lanes, Visit visit) {
  for (unsigned left = lanes; left != 0; left &= left - 1) visit(static_cast<std::size_t>(std::countr_zero(left)));
}

/// The most words that one bank must give to these lanes.
u64 words_of_busiest_bank(WarpRequest const& request, unsigned lanes) {
  std::array<u64, warp_size * 4> words;  // at most 16 bytes a lane, of which a quarter warp has 8 lanes
  std::size_t count = 0;
  for_each_lane(lanes, [&](std::size_t lane) {
    u64 const first = request.addresses[lane] / bank_bytes;
    u64 const last = (request.addresses[lane] + request.bytes - 1) / bank_bytes;
    for (u64 word = first; word <= last && count < words.size(); ++word) words[count++] = word;
  });
  std::sort(words.begin(), words.begin() + count);
  auto const end = std::unique(words.begin(), words.begin() + count);
  std::array<u64, banks> of_bank{};
  for (auto word = words.begin(); word != end; ++word) ++of_bank[*word % banks];
  return *std::max_element(of_bank.begin(), of_bank.end());
}

Wavefronts bulk_wavefronts(WarpRequest const& request) {
  u64 const each = (request.bytes + banks * bank_bytes - 1) / (banks * bank_bytes);
  u64 const all = each * static_cast<u64>(std::popcount(request.lanes));
  return {all, all};
}

}  // namespace

Intervals touched(WarpRequest const& request) {
  Intervals found;
  for_each_lane(request.lanes, [&](std::size_t lane) {
    u64 const begin = request.addresses[lane];
    found.add({begin, begin + request.bytes});
  });
  auto const before = [](Interval a, Interval b) { return a.begin < b.begin; };
  if (std::is_sorted(found.begin(), found.end(), before)) return found;
  std::sort(found.begin(), found.end(), before);
  Intervals merged;
  for (Interval const& interval : found) merged.add(interval);
  return merged;
}

u64 useful_bytes(Intervals const& touched) {
  u64 bytes = 0;
  for (Interval const& interval : touched) bytes += interval.end - interval.begin;
  return bytes;
}

u64 sectors(Intervals const& touched) {
  u64 count = 0, next = 0;  // sectors before `next` are counted
  for (Interval const& interval : touched) {
    u64 const first = std::max(next, interval.begin / sector_bytes);
    next = (interval.end + sector_bytes - 1) / sector_bytes;
    count += next - std::min(first, next);
  }
  return count;
}

Wavefronts wavefronts(WarpRequest const& request) {
  if (request.bytes > 16) return bulk_wavefronts(request);
  int const lanes_of_part = request.bytes <= 4 ? 32 : request.bytes <= 8 ? 16 : 8;
  Wavefronts result;
  for (int first = 0; first < warp_size; first += lanes_of_part) {
    unsigned const part = request.lanes & static_cast<unsigned>(((u64{1} << lanes_of_part) - 1) << first);
    if (part == 0) continue;
    result.needed += words_of_busiest_bank(request, part);
    ++result.least;
  }
  return result;
}

}  // namespace heddle::emulated
