// The parts of the inspector against plain ones, with random requests.
#include "kernels/machine/host/inspector/warp_request.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>

#include "kernels/machine/host/inspector/address_queue.h"
#include "kernels/machine/host/inspector/touched_bytes.h"

namespace heddle::emulated {
namespace {

TEST(AddressQueue, GivesBackWhatItWasGiven) {
  std::mt19937 random(1);
  AddressQueue queue;
  std::deque<u64> expected;
  u64 address = 0, step = 4;
  for (int i = 0; i < 100000; ++i) {
    if (random() % 4 == 0) step = random() % 3 * 4 - 4;
    if (random() % 16 == 0) address = random() % 64;
    bool const drain = i / 50 % 2 == 1;
    if (random() % 4 == 0 || !drain) {
      queue.push(address += step);
      expected.push_back(address);
    } else if (!expected.empty()) {
      ASSERT_EQ(queue.pop(), expected.front()) << "step " << i;
      expected.pop_front();
    }
    ASSERT_EQ(queue.empty(), expected.empty()) << "step " << i;
  }
}

/// Requests of lanes that step evenly, or lie anywhere, in a few kilobytes around the ends of two pages.
WarpRequest random_request(std::mt19937& random) {
  WarpRequest request;
  request.bytes = 1u << random() % 5;
  request.lanes = random() % 2 == 0 ? ~0u : static_cast<unsigned>(random() | 1u);
  u64 const first = random() % 2 * (u64{1} << 24) + 65536 - 2048 + random() % 1024;
  u64 const step = random() % 3 * request.bytes + (random() % 4 == 0 ? 3 : 0);
  for (u64 lane = 0; lane < warp_size; ++lane) request.addresses[lane] = first + lane * step;
  if (random() % 2 == 0) request.addresses[random() % warp_size] += random() % 64;
  if (random() % 4 == 0)
    for (u64& address : request.addresses) address = first + random() % 2048;
  return request;
}

TEST(WarpRequest, TouchesTheBytesOfItsLanes) {
  std::mt19937 random(2);
  TouchedBytes all;
  std::set<u64> all_bytes, all_sectors;
  for (int i = 0; i < 4000; ++i) {
    WarpRequest const request = random_request(random);
    std::set<u64> bytes, sectors_of_bytes;
    for (int lane = 0; lane < warp_size; ++lane)
      if (request.lanes >> lane & 1u)
        for (u64 byte = 0; byte < request.bytes; ++byte)
          bytes.insert(request.addresses[static_cast<std::size_t>(lane)] + byte);
    for (u64 const byte : bytes) sectors_of_bytes.insert(byte / sector_bytes);
    Intervals const intervals = touched(request);
    ASSERT_EQ(useful_bytes(intervals), bytes.size()) << "request " << i;
    ASSERT_EQ(sectors(intervals), sectors_of_bytes.size()) << "request " << i;
    if (i % 200 != 0) continue;
    for (Interval const& interval : intervals) all.add(interval);
    all_bytes.merge(bytes);
    all_sectors.merge(sectors_of_bytes);
    ASSERT_EQ(all.bytes(), all_bytes.size()) << "request " << i;
    ASSERT_EQ(all.sectors(), all_sectors.size()) << "request " << i;
  }
}

}  // namespace
}  // namespace heddle::emulated
