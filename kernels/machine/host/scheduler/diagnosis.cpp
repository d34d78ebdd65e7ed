// What the emulator says about threads that wait or fail.
#include <algorithm>
#include <cstdio>
#include <functional>

#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {
namespace {

std::string range(char const* noun, int first, int last) {
  std::string text = std::string(noun) + (first == last ? " " : "s ") + std::to_string(first);
  if (first != last) text += "-" + std::to_string(last);
  return text;
}

/// Runs of equal descriptions of first … count-1, as "lanes 0-15 X; lane 16 Y".
std::string summarise(char const* noun, int count, std::function<std::string(int)> const& describe_one,
                      char const* separator) {
  std::string text;
  for (int first = 0; first < count;) {
    std::string const description = describe_one(first);
    int last = first;
    while (last + 1 < count && describe_one(last + 1) == description) ++last;
    text += (text.empty() ? "" : separator) + range(noun, first, last) + " " + description;
    first = last + 1;
  }
  return text;
}

std::string describe_wait(Wait const& wait) {
  std::string const text = "in " + std::string(wait.what) + " at " + describe(wait.where);
  return wait.detail == nullptr ? text : text + " (" + wait.detail(wait.object) + ")";
}

std::string describe_lane(Warp const& warp, int lane) {
  if (warp.exited >> lane & 1u) return "returned";
  if (warp.asleep >> lane & 1u) return describe_wait(warp.waits[static_cast<std::size_t>(lane)]);
  if (!(warp.in_collective >> lane & 1u)) return "can run";
  Request const& request = warp.requests[static_cast<std::size_t>(lane)];
  char mask[16];
  std::snprintf(mask, sizeof mask, "0x%x", request.mask);
  return "in " + std::string(request.collective->name) + " with mask " + mask + " at " + describe(request.where);
}

}  // namespace

std::string Block::place() const {
  return "[" + std::string(launch_->name) + "] block (" + std::to_string(index_.x) + ", " + std::to_string(index_.y) +
         ", " + std::to_string(index_.z) + ")";
}

std::string Block::waits() const {
  auto const describe_warp = [&](int index) {
    Warp const& warp = warps_[static_cast<std::size_t>(index)];
    int const lanes = std::min(warp_size, threads_of_launch_ - index * warp_size);
    return "(" +
           summarise(
               "lane", lanes, [&](int lane) { return describe_lane(warp, lane); }, ", ") +
           ")";
  };
  return summarise("warp", (threads_of_launch_ + warp_size - 1) / warp_size, describe_warp, "; ");
}

}  // namespace heddle::emulated
