#include "kernels/machine/host/inspector/warp_request.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace heddle::emulated {
namespace {

template <class Visit>
void for_each_lane(unsigned lanes, Visit visit) {
  for (unsigned left = lanes; left != 0; left &= left - 1) visit(static_cast<std::size_t>(std::countr_zero(left)));
}

/// Whether all lanes take part, and each goes on evenly from the one before without leaving anything out: most
/// requests.
bool is_seamless(WarpRequest const& request) {
  u64 const step = request.addresses[1] - request.addresses[0];
  if (request.lanes != ~0u || step > request.bytes) return false;
  bool even = true;
  for (std::size_t lane = 1; lane < warp_size; ++lane)
    even &= request.addresses[lane] - request.addresses[lane - 1] == step;
  return even;
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

void Intervals::merge() {
  if (ascending_) return;
  std::sort(all_.begin(), all_.begin() + count_, [](Interval a, Interval b) { return a.begin < b.begin; });
  std::size_t const before = std::exchange(count_, 0);
  for (std::size_t i = 0; i < before; ++i) add(all_[i]);
}

Intervals touched(WarpRequest const& request) {
  Intervals found;
  if (is_seamless(request)) {
    found.add({request.addresses.front(), request.addresses.back() + request.bytes});
    return found;
  }
  for_each_lane(request.lanes, [&](std::size_t lane) {
    u64 const begin = request.addresses[lane];
    found.add({begin, begin + request.bytes});
  });
  found.merge();
  return found;
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
