#include "kernels/machine/host/wgmma.h"

#include <algorithm>

#include "kernels/core/error.h"
#include "kernels/machine/host/aligned.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

using detail::aligned_collective;
using detail::operands_of;

/// NaN as an f32 and as a pair of f16.
constexpr u32 poison = 0x7fed'7ead;

/// The running warp and its warpgroup.
struct RunningWarp {
  Block& block;
  Warpgroup& group;
  int warp;
  WarpProducts& products;

  static RunningWarp running(char const* caller, std::source_location where) {
    Block& block = Block::current(caller);
    block.check_architecture(caller, 90);
    int const thread = block.running_thread();
    if (thread / warpgroup_size * warpgroup_size + warpgroup_size > block.threads())
      fail(caller, " at ", describe(where), ": a warpgroup has 128 threads, but that of thread ", thread,
           " is not complete: threads=", block.threads());
    Warpgroup& group = block.warpgroup_of(thread);
    int const warp = thread % warpgroup_size / warp_size;
    return {block, group, warp, group.products(warp)};
  }
};

void check_operands(WgmmaKind const& kind, Request const* requests) {
  auto const& first = operands_of<WgmmaOperands>(requests[0]);
  std::string const name = "wgmma at " + describe(requests[0].where) + ": ";
  for (int lane = 1; lane < warp_size; ++lane) {
    auto const& other = operands_of<WgmmaOperands>(requests[lane]);
    if (other.a != first.a || other.b != first.b || other.accumulate != first.accumulate)
      fail(name, "all lanes bring the same descriptors, but lane ", lane, " has others than lane 0");
  }
  auto const check_descriptor = [&](char const* operand, MatrixDescriptor descriptor) {
    if (char const* const wrong = defect(descriptor))
      fail(name, "descriptor of ", operand, ": ", wrong, ": descriptor=0x", std::hex, descriptor.bits);
  };
  if (!kind.a_in_registers) check_descriptor("A", first.a);
  check_descriptor("B", first.b);
}

std::shared_ptr<Accumulators> take_accumulators(WgmmaKind const& kind, Request const* requests, WarpProducts& products,
                                                bool eager) {
  auto const count = static_cast<std::size_t>(kind.registers);
  std::shared_ptr<Accumulators>& d = products.in_flight[operands_of<WgmmaOperands>(requests[0]).d];
  if (d != nullptr) {
    check(d->values.size() == warp_size * count, "wgmma at ", describe(requests[0].where),
          ": another shape is in flight for the same accumulators; wait for it before: n=", kind.n);
    return d;
  }
  d = std::make_shared<Accumulators>();
  d->values.resize(warp_size * count);
  for (std::size_t lane = 0; lane < warp_size; ++lane) {
    d->registers[lane] = operands_of<WgmmaOperands>(requests[lane]).d;
    std::copy_n(d->registers[lane], count, &d->values[lane * count]);
    if (!eager) std::fill_n(d->registers[lane], count, poison);
  }
  return d;
}

void give_back(Accumulators const& d, WarpProducts& products, int first_thread, bool eager,
               std::source_location where) {
  std::size_t const count = d.values.size() / warp_size;
  for (std::size_t lane = 0; lane < warp_size; ++lane) {
    u32* const registers = d.registers[lane];
    if (!eager && std::any_of(registers, registers + count, [](u32 word) { return word != poison; }))
      fail("wgmma at ", describe(where), ": thread ", first_thread + static_cast<int>(lane),
           " wrote its accumulators while the product was in flight; wait for it before");
    std::copy_n(&d.values[lane * count], count, registers);
  }
  products.done.insert_or_assign(d.registers[0], std::move(products.in_flight.extract(d.registers[0]).mapped()));
}

/// Whether a product goes on with sums that nobody has touched, as far as can be seen: they are in flight or hold what
/// the last product left.
bool goes_on(WgmmaKind const& kind, Request const* requests, WarpProducts const& products) {
  auto const& first = operands_of<WgmmaOperands>(requests[0]);
  if (kind.a_in_registers || !first.accumulate) return false;
  if (products.in_flight.contains(first.d)) return true;
  auto const done = products.done.find(first.d);
  auto const count = static_cast<std::size_t>(kind.registers);
  if (done == products.done.end() || done->second->values.size() != warp_size * count) return false;
  for (std::size_t lane = 0; lane < warp_size; ++lane)
    if (!std::equal(&done->second->values[lane * count], &done->second->values[lane * count] + count,
                    operands_of<WgmmaOperands>(requests[lane]).d))
      return false;
  return true;
}

void same_place(Request const* requests, unsigned, u64*) { detail::check_same_place(requests); }

void fence(Request const* requests, unsigned, u64*) {
  detail::check_same_place(requests);
  RunningWarp::running("wgmma_fence", requests[0].where).products.fenced = true;
}

void commit(Request const* requests, unsigned, u64*) {
  detail::check_same_place(requests);
  RunningWarp const at = RunningWarp::running("wgmma_commit", requests[0].where);
  at.products.issued_at_commit.push_back(at.products.issued);
  at.block.cluster().operations().commit(&at.products);
}

constexpr Collective fence_collective = {"wgmma_fence", fence};
constexpr Collective commit_collective = {"wgmma_commit", commit};
constexpr Collective wait_collective = {"wgmma_wait", same_place};

std::string describe_group(void const* group) { return static_cast<Warpgroup const*>(group)->describe_products(); }

}  // namespace

void issue_product(WgmmaKind const& kind, Request const* requests) {
  detail::check_same_place(requests);
  std::source_location const where = requests[0].where;
  RunningWarp const at = RunningWarp::running("wgmma", where);
  check_operands(kind, requests);
  auto const& operands = operands_of<WgmmaOperands>(requests[0]);
  at.group.execute(at.warp, {"wgmma", where, {operands.a.bits, operands.b.bits, operands.accumulate}, &kind});
  if (!at.products.fenced && !goes_on(kind, requests, at.products))
    fail("wgmma at ", describe(where),
         ": the warp has not called wgmma_fence since it last waited, or at all; registers that it touched are not in "
         "order");

  Block& block = at.block;
  int const thread = block.running_thread();
  if (Observer* const observer = block.observer())
    observer->matrix_operations(block.actor(), 2 * 16 * static_cast<u64>(kind.n) * static_cast<u64>(kind.k));
  WgmmaProduct product = {.kind = &kind,
                          .block = &block,
                          .thread = thread,
                          .a = operands.a,
                          .b = operands.b,
                          .a_registers = {},
                          .accumulate = operands.accumulate,
                          .where = where};
  if (kind.a_in_registers)
    for (std::size_t lane = 0; lane < warp_size; ++lane)
      std::copy_n(operands_of<WgmmaOperands>(requests[lane]).a_registers, 4, product.a_registers[lane].data());

  AsyncOperations& operations = block.cluster().operations();
  WarpProducts& products = at.products;
  bool const eager = operations.eager();
  std::shared_ptr<Accumulators> const d = take_accumulators(kind, requests, products, eager);
  ++d->pending;
  ++products.issued;
  products.newest = where;
  operations.issue({.name = "wgmma",
                    .where = where,
                    .issuer = block.actor(),
                    .queue = &products,
                    .async_proxy = true,
                    .in_order = true,
                    .outlives_block = false,
                    .perform = [=, &products] {
                      product.kind->multiply(product, d->values.data());
                      if (--d->pending == 0)
                        give_back(*d, products, thread / warp_size * warp_size, eager, product.where);
                    }});
  block.cluster().notify(&at.group);
}

void fence_products(std::source_location where) { aligned_collective(fence_collective, nullptr, where); }

void commit_products(std::source_location where) { aligned_collective(commit_collective, nullptr, where); }

void wait_for_products(int pending, std::source_location where) {
  RunningWarp const at = RunningWarp::running("wgmma_wait", where);
  aligned_collective(wait_collective, nullptr, where);
  auto const& commits = at.products.issued_at_commit;
  if (at.products.issued > (commits.empty() ? 0 : commits.back()))
    fail("wgmma_wait at ", describe(where), ": the wgmma at ", describe(at.products.newest),
         " belongs to no group; call wgmma_commit before");
  auto const kept = static_cast<std::size_t>(pending);
  u64 const awaited = commits.size() > kept ? commits[commits.size() - 1 - kept] : 0;
  // The matrix unit works for the warpgroup as a whole: a group is that of all its warps.
  at.block.wait_until({"wgmma_wait", &at.group, where, describe_group}, [&] { return at.group.all_issued(awaited); });
  if (awaited > 0)
    for (int warp = 0; warp < warps_of_warpgroup; ++warp)
      at.block.cluster().operations().wait_for_groups(at.block.actor(), &at.group.products(warp),
                                                      commits.size() - kept);
  at.products.fenced = false;
}

}  // namespace heddle::emulated
