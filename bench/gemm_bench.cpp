// Matrix products: the linear layer of a small CIFAR network in its three directions, the products that its
// convolutions amount to, those of well-known networks on a GPU, and squares, of every type of operands. On a GPU
// cuBLASLt runs beside those of f32, f16 and bf16, where it is installed.
#include <cstdio>
#include <limits>
#include <optional>

#include "bench/harness/cublaslt.h"
#include "bench/harness/measure.h"
#include "bench/samples/gemm.h"
#include "bench/samples/gemm_shapes.h"
#include "bench/samples/gemm_types.h"

namespace heddle::bench {
namespace {

/// A pass whose product is by one of the kernels that cuBLASLt proposes, which is given.
template <class Sample, class T>
class CublasLtPass {
 public:
  CublasLtPass(Memory const& memory, std::vector<i64> const& sizes)
      : sizes_(sizes),
        args_(Sample::template arguments<T>(sizes)),
        operands_(memory, args_, Sample::values),
        product_(args_) {}

  /// Seconds of the fastest kernel, if there is one; throws an Error where its result is wrong.
  std::optional<double> fastest_s(Processor& processor) const {
    double least_s = std::numeric_limits<double>::infinity();
    int fastest = 0;
    if (product_.count() == 0) return std::nullopt;
    for (int i = 0; i < product_.count(); ++i) {
      product_.launch(args_, i);
      double const seconds = time_s(processor, i, 0.03);
      if (seconds < least_s) fastest = i;
      least_s = std::min(seconds, least_s);
    }
    operands_.reset();
    double const seconds = time_s(processor, fastest, 0.3);
    check_result();
    return seconds;
  }

 private:
  double time_s(Processor& processor, int i, double budget_s) const {
    return measure_cold(
               processor, [&](std::size_t) { product_.launch(args_, i); }, budget_s)
        .median_s;
  }

  void check_result() const {
    auto reference = Sample::template arguments<f32>(sizes_);
    Operands const expected(cpu::memory, reference, [&](std::string_view name, i64, u64) {
      return operands_.has(name) ? operands_.values(name) : std::vector<f32>();
    });
    cpu::gemm(reference, {});
    require_close("d of cuBLASLt", operands_.values("d"), expected.values("d"), operands_.roundoff("d"),
                  sum_bound(args_.k, 1));
  }

  std::vector<i64> sizes_;
  GemmArgs<T> args_;
  Operands operands_;
  CublasLtProduct product_;
};

template <class Sample, class T>
void add_product(std::vector<Row>& rows, Processor& processor, std::vector<i64> const& sizes) {
  add_sample<Sample, T>(rows, processor, sizes);
  if (processor.name() != "cuda" || !cublaslt_absence().empty()) return;
  rows.back().baseline = {"cublaslt", [&processor, sizes] {
                            return CublasLtPass<Sample, T>(processor.memory(), sizes).fastest_s(processor);
                          }};
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 largest) {
  add_product<LinearSample, T>(rows, processor, {128, 10, 80});
  add_product<GemmSample, T>(rows, processor, {128, 80, 10});
  add_product<WeightGradientSample, T>(rows, processor, {10, 80, 128});
  for (std::vector<i64> const& shape :
       std::vector<std::vector<i64>>{{131072, 24, 27}, {32768, 40, 216}, {8192, 80, 360}, {2048, 80, 720}})
    add_product<LinearSample, T>(rows, processor, shape);
  if (processor.name() == "cuda" && sizeof(T) == 2)
    for (std::vector<i64> const& shape : network_products()) add_product<LinearSample, T>(rows, processor, shape);
  for (i64 size = 256; size <= largest; size *= 2)
    if (size <= 8192 || sizeof(T) == 2) add_product<GemmSample, T>(rows, processor, {size, size, size});
}

template <class Sample, class T>
void add_squares(std::vector<Row>& rows, Processor& processor, i64 largest) {
  for (i64 size = 256; size <= largest; size *= 2) add_sample<Sample, T>(rows, processor, {size, size, size});
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  if (processor.name() == "cuda" && !cublaslt_absence().empty())
    std::fprintf(stderr, "rows are without cuBLASLt beside them: %s\n", cublaslt_absence().c_str());
  auto result = rows_of_types(processor, 16384, 1024,
                              [&]<class T>(std::vector<Row>& all, i64 largest) { add<T>(all, processor, largest); });
  if (processor.name() == "cuda") {
    add_squares<GemmTf32Sample, f32>(result, processor, 8192);
    add_squares<GemmF8Sample, f8e4m3>(result, processor, 8192);
    add_squares<GemmI8Sample, i8>(result, processor, 8192);
  }
  return result;
}

}  // namespace heddle::bench
