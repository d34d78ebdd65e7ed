// Matrix products on the CPU: the linear layer of a small CIFAR network in its three directions, the products that its
// convolutions amount to, and squares.
#include "kernels/gemm/gemm.h"

#include <fmt/format.h>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/harness/row.h"

namespace heddle::bench {
namespace {

struct GemmShape {
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;

  i64 lda() const { return transpose_a ? m : k; }
  i64 ldb() const { return transpose_b ? k : n; }
};

constexpr GemmShape shapes[] = {
    {.m = 128, .n = 10, .k = 80, .transpose_b = true},  // linear: y = x w^T
    {.m = 128, .n = 80, .k = 10},                       // linear: dx = dy w
    {.m = 10, .n = 80, .k = 128, .transpose_a = true},  // linear: dw = dy^T x
    {.m = 131072, .n = 24, .k = 27, .transpose_b = true},
    {.m = 32768, .n = 40, .k = 216, .transpose_b = true},
    {.m = 8192, .n = 80, .k = 360, .transpose_b = true},
    {.m = 2048, .n = 80, .k = 720, .transpose_b = true},
    {.m = 256, .n = 256, .k = 256},
    {.m = 512, .n = 512, .k = 512},
    {.m = 1024, .n = 1024, .k = 1024},
};

class GemmPass final : public Pass {
 public:
  GemmPass(GemmShape const& shape, u64 seed)
      : shape_(shape),
        a_(uniform<f32>(shape.m * shape.k, 2 * seed)),
        b_(uniform<f32>(shape.k * shape.n, 2 * seed + 1)),
        c_(cpu::memory, shape.m * shape.n) {}

  void launch() override {
    cpu::gemm({.m = shape_.m,
               .n = shape_.n,
               .k = shape_.k,
               .transpose_a = shape_.transpose_a,
               .transpose_b = shape_.transpose_b,
               .a = a_.data(),
               .lda = shape_.lda(),
               .b = b_.data(),
               .ldb = shape_.ldb(),
               .c = c_.data(),
               .ldc = shape_.n},
              {});
  }
  void spoil() override { c_.spoil(); }
  void check() const override {
    require_close_at_samples("c", c_.to_vector(), sum_bound(shape_.k, 1), [&](i64 index) {
      i64 const row = index / shape_.n, column = index % shape_.n;
      double sum = 0;
      for (i64 k = 0; k < shape_.k; ++k) sum += a(row, k) * b(k, column);
      return sum;
    });
  }

 private:
  double a(i64 m, i64 k) const {
    return a_[static_cast<std::size_t>(shape_.transpose_a ? k * shape_.m + m : m * shape_.k + k)];
  }
  double b(i64 k, i64 n) const {
    return b_[static_cast<std::size_t>(shape_.transpose_b ? n * shape_.k + k : k * shape_.n + n)];
  }

  GemmShape shape_;
  std::vector<f32> a_, b_;
  Buffer<f32> c_;
};

Cost cost(GemmShape const& shape) {
  double const m = static_cast<double>(shape.m), n = static_cast<double>(shape.n), k = static_cast<double>(shape.k);
  return {.flops = 2 * m * n * k, .read_bytes = sizeof(f32) * (m * k + k * n), .write_bytes = sizeof(f32) * m * n};
}

std::string name(GemmShape const& shape) {
  return fmt::format("gemm/cpu/f32/{}{}/{}x{}x{}", shape.transpose_a ? 't' : 'n', shape.transpose_b ? 't' : 'n',
                     shape.m, shape.n, shape.k);
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  std::vector<Row> all;
  if (processor.name() == "cpu")
    for (GemmShape const& shape : shapes)
      all.push_back({name(shape), cost(shape), [shape](u64 seed) { return std::make_unique<GemmPass>(shape, seed); }});
  return all;
}

}  // namespace heddle::bench
