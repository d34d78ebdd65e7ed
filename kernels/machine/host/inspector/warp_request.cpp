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

std::vector<Interval> touched(WarpRequest const& request) {
  std::vector<Interval> intervals;
  for_each_lane(request.lanes, [&](std::size_t lane) {
    u64 const begin = request.addresses[lane];
    if (!intervals.empty() && intervals.back().end == begin)
      intervals.back().end = begin + request.bytes;
    else
      intervals.push_back({begin, begin + request.bytes});
  });
  std::sort(intervals.begin(), intervals.end(), [](Interval a, Interval b) { return a.begin < b.begin; });
  std::size_t last = 0;
  for (std::size_t i = 1; i < intervals.size(); ++i)
    if (intervals[i].begin <= intervals[last].end)
      intervals[last].end = std::max(intervals[last].end, intervals[i].end);
    else
      intervals[++last] = intervals[i];
  intervals.resize(std::min(intervals.size(), last + 1));
  return intervals;
}

u64 useful_bytes(std::vector<Interval> const& touched) {
  u64 bytes = 0;
  for (Interval const& interval : touched) bytes += interval.end - interval.begin;
  return bytes;
}

u64 sectors(std::vector<Interval> const& touched) {
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
