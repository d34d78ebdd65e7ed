// The matrix product of cuBLASLt, opened at run time: what ours is measured against.
#pragma once

#include <memory>
#include <string>

#include "bench/harness/processor.h"
#include "kernels/gemm/gemm.h"

namespace heddle::bench {

/// One product, with the kernels that the library proposes for it. It works on the default stream.
class CublasLtProduct {
 public:
  /// Throws an Error where the library is missing.
  template <class T>
  explicit CublasLtProduct(GemmArgs<T> const& args);
  ~CublasLtProduct();

  /// The kernels, none to ten, the one that it believes to be fastest first.
  int count() const;
  /// alpha op(a) op(b) of the pointers in `args`, by the i-th kernel.
  template <class T>
  void launch(GemmArgs<T> const& args, int i) const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

/// Why the library cannot be opened; empty where it can.
std::string cublaslt_absence();

}  // namespace heddle::bench
