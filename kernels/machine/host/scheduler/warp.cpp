#include "kernels/machine/host/scheduler/warp.h"

#include <bit>
#include <string_view>

#include "kernels/core/error.h"

namespace heddle::emulated {
namespace {

std::string hexadecimal(unsigned mask) {
  std::ostringstream text;
  text << "0x" << std::hex << mask;
  return text.str();
}

std::string describe_request(Request const& request) {
  return std::string(request.collective->name) + " at " + describe(request.where) + ", mask " +
         hexadecimal(request.mask);
}

// The text of an error is only made when there is one: this runs at every collective.
void check_mask(Warp const& warp, int lane, Request const& request) {
  unsigned const mask = request.mask;
  if ((mask >> lane & 1u) == 0) fail(describe_request(request), ": the mask lacks the calling lane ", lane);
  if (unsigned const absent = mask & ~warp.present)
    fail(describe_request(request), ": the mask names lane ", std::countr_zero(absent), ", but the warp has ",
         std::popcount(warp.present), " lanes");
  if (unsigned const gone = mask & warp.exited)
    fail(describe_request(request), ": the mask names lane ", std::countr_zero(gone), ", which has returned");
  if ((mask >> request.source & 1u) == 0)
    fail(describe_request(request), ": lane ", lane, " reads lane ", request.source, ", which the mask lacks");
}

bool all_have_arrived(Warp const& warp, Request const& request) {
  if ((request.mask & ~warp.in_collective) != 0) return false;
  for (unsigned left = request.mask; left != 0; left &= left - 1) {
    Request const& other = warp.requests[static_cast<std::size_t>(std::countr_zero(left))];
    if (other.collective != request.collective || other.mask != request.mask) return false;
  }
  return true;
}

}  // namespace

std::string describe(std::source_location const& where) {
  std::string_view const path = where.file_name();
  return std::string(path.substr(path.rfind('/') + 1)) + ":" + std::to_string(where.line());
}

void Warp::begin(int count) {
  present = count == warp_size ? ~0u : (1u << count) - 1;
  ready = present;
  exited = 0;
  in_collective = 0;
  asleep = 0;
}

bool Warp::arrive(int lane, Request const& request) {
  check_mask(*this, lane, request);
  requests[static_cast<std::size_t>(lane)] = request;
  in_collective |= 1u << lane;
  if (!all_have_arrived(*this, request)) return false;
  unsigned const mask = request.mask;
  request.collective->perform(requests.data(), mask, results.data());
  in_collective &= ~mask;
  ready |= mask;
  return true;
}

void Warp::exit(int lane) {
  exited |= 1u << lane;
  for (unsigned left = in_collective; left != 0; left &= left - 1) {
    int const other = std::countr_zero(left);
    Request const& request = requests[static_cast<std::size_t>(other)];
    if (request.mask >> lane & 1u)
      fail("returns from the kernel, but lane ", other, " of its warp waits for it in ", describe_request(request));
  }
}

unsigned Warp::wake(void const* object) {
  unsigned woken = 0;
  for (unsigned left = asleep; left != 0; left &= left - 1) {
    int const lane = std::countr_zero(left);
    if (waits[static_cast<std::size_t>(lane)].object == object) woken |= 1u << lane;
  }
  asleep &= ~woken;
  ready |= woken;
  return woken;
}

}  // namespace heddle::emulated
