#include "kernels/machine/host/scheduler/registers.h"

#include "kernels/core/error.h"
#include "kernels/machine/host/aligned.h"
#include "kernels/machine/host/scheduler/cluster.h"
#include "kernels/machine/wgmma.h"

namespace heddle::emulated {
namespace {

void agree(Request const* requests, unsigned, u64*) {
  detail::check_same_place(requests);
  Block& block = Block::current(requests[0].collective->name);
  int const thread = block.running_thread();
  block.warpgroup_of(thread).execute(thread % warpgroup_size / warp_size, {.name = requests[0].collective->name,
                                                                           .where = requests[0].where,
                                                                           .operands = {requests[0].value, 0, 0},
                                                                           .kind = requests[0].collective});
}

constexpr Collective increase = {"increase_registers", agree};
constexpr Collective decrease = {"decrease_registers", agree};

std::string describe_pool(void const* pool) {
  return "the block has " + std::to_string(static_cast<RegisterPool const*>(pool)->free()) + " registers to spare";
}

/// The lanes of a warp come together; the first to go on changes the count, `sign` telling the direction.
void change(Collective const& what, int sign, int count, std::source_location where) {
  Block& block = Block::current(what.name);
  block.check_architecture(what.name, 90);
  if (block.launch().min_blocks == 0)
    fail(what.name, " at ", describe(where), ": is ignored unless the kernel has min_blocks, such as 1");
  RegisterPool& pool = block.registers();
  int const warp = block.running_thread() / warp_size, owned = pool.of_warp(warp);
  if ((count - owned) * sign < 0)
    fail(what.name, " at ", describe(where), ": a thread has ", owned, " registers: count=", count);
  detail::collective(what, ~0u, static_cast<u64>(count), detail::lane_of_this_thread(), where);
  block.wait_until({what.name, &pool, where, describe_pool}, [&] { return pool.give(warp, count); });
  block.cluster().notify(&pool);
}

}  // namespace

void increase_registers(int count, std::source_location where) { change(increase, 1, count, where); }
void decrease_registers(int count, std::source_location where) { change(decrease, -1, count, where); }

}  // namespace heddle::emulated
