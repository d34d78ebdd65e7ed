// Carries out the atomic operations of instrumented code, which GCC's -fsanitize=thread replaces by calls
// (hooks.cpp), always sequentially consistent.
#include "kernels/core/types.h"
#include "kernels/machine/host/instrumentation/hooks.h"

using namespace heddle;
using emulated::AccessKind;
using emulated::report_access;

namespace {

// Only the caller's frame knows the return address, so that this is inlined.
template <class T>
[[gnu::always_inline]] inline void report(T const volatile* a, AccessKind kind) {
  report_access(const_cast<T const*>(a), sizeof(T), kind, __builtin_return_address(0));
}

}  // namespace

// One family of functions for each width; a function of its name cannot be a template.
#define HEDDLE_ATOMICS_OF_WIDTH(bits)                                                                                 \
  u##bits __tsan_atomic##bits##_load(u##bits const volatile* a, int) {                                                \
    report(a, AccessKind::atomic);                                                                                    \
    return __atomic_load_n(a, __ATOMIC_SEQ_CST);                                                                      \
  }                                                                                                                   \
  void __tsan_atomic##bits##_store(u##bits volatile* a, u##bits value, int) {                                         \
    report(a, AccessKind::atomic);                                                                                    \
    __atomic_store_n(a, value, __ATOMIC_SEQ_CST);                                                                     \
  }                                                                                                                   \
  bool __tsan_atomic##bits##_compare_exchange_strong(u##bits volatile* a, u##bits* expected, u##bits value, int,      \
                                                     int) {                                                           \
    report(a, AccessKind::atomic);                                                                                    \
    return __atomic_compare_exchange_n(a, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                \
  }                                                                                                                   \
  bool __tsan_atomic##bits##_compare_exchange_weak(u##bits volatile* a, u##bits* expected, u##bits value, int, int) { \
    report(a, AccessKind::atomic);                                                                                    \
    return __atomic_compare_exchange_n(a, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                \
  }                                                                                                                   \
  HEDDLE_ATOMIC_UPDATE(bits, exchange, __atomic_exchange_n)                                                           \
  HEDDLE_ATOMIC_UPDATE(bits, fetch_add, __atomic_fetch_add)                                                           \
  HEDDLE_ATOMIC_UPDATE(bits, fetch_sub, __atomic_fetch_sub)                                                           \
  HEDDLE_ATOMIC_UPDATE(bits, fetch_and, __atomic_fetch_and)                                                           \
  HEDDLE_ATOMIC_UPDATE(bits, fetch_or, __atomic_fetch_or)                                                             \
  HEDDLE_ATOMIC_UPDATE(bits, fetch_xor, __atomic_fetch_xor)

#define HEDDLE_ATOMIC_UPDATE(bits, name, update)                                  \
  u##bits __tsan_atomic##bits##_##name(u##bits volatile* a, u##bits value, int) { \
    report(a, AccessKind::atomic);                                                \
    return update(a, value, __ATOMIC_SEQ_CST);                                    \
  }

using u16 = unsigned short;

extern "C" {
HEDDLE_ATOMICS_OF_WIDTH(8)
HEDDLE_ATOMICS_OF_WIDTH(16)
HEDDLE_ATOMICS_OF_WIDTH(32)
HEDDLE_ATOMICS_OF_WIDTH(64)
void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }
}

#undef HEDDLE_ATOMICS_OF_WIDTH
#undef HEDDLE_ATOMIC_UPDATE
