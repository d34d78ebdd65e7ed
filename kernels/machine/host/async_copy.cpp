#include "kernels/machine/host/async_copy.h"

#include <cstdint>
#include <cstring>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

bool aligned(void const* address, int bytes) {
  return reinterpret_cast<std::uintptr_t>(address) % static_cast<std::uintptr_t>(bytes) == 0;
}

void check_copy(Block const& block, void const* shared, void const* global, int bytes, int valid,
                std::source_location where) {
  block.check_architecture("cp_async", 80);
  if (!aligned(shared, bytes) || !aligned(global, bytes))
    fail("cp_async at ", describe(where), ": addresses must be multiples of ", bytes, ": shared=", shared,
         ", global=", global);
  if (valid < 0 || valid > bytes)
    fail("cp_async at ", describe(where), ": of ", bytes, " bytes none or some are valid: valid=", valid);
  block.check_shared("cp_async", shared, static_cast<std::size_t>(bytes), where);
}

}  // namespace

void start_copy(void* shared, void const* global, int bytes, int valid, std::source_location where) {
  Block& block = Block::current("cp_async");
  check_copy(block, shared, global, bytes, valid, where);
  AsyncOperations& operations = block.cluster().operations();
  int const thread = block.running_thread();
  auto const copied = static_cast<std::size_t>(valid), filled = static_cast<std::size_t>(bytes - valid);
  if (!operations.eager()) std::memset(shared, 0xff, copied + filled);
  operations.issue({.name = "cp_async",
                    .where = where,
                    .issuer = block.actor(),
                    .queue = block.copies_of(thread),
                    .perform = [=, &block] {
                      if (copied > 0) block.observe_for(thread, global, copied, AccessKind::read, where);
                      block.observe_for(thread, shared, copied + filled, AccessKind::write, where);
                      std::memcpy(shared, global, copied);
                      std::memset(static_cast<u8*>(shared) + copied, 0, filled);
                    }});
}

void close_copies() {
  Block& block = Block::current("cp_async_commit");
  block.cluster().operations().commit(block.copies_of(block.running_thread()));
}

void wait_for_copies(int pending) {
  Block& block = Block::current("cp_async_wait");
  block.cluster().operations().wait(block.actor(), block.copies_of(block.running_thread()), pending);
}

}  // namespace heddle::emulated
