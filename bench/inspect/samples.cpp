// The operations of bench/samples.
#include "bench/inspect/kernels.h"
#include "bench/samples/cross_entropy.h"
#include "bench/samples/distance_loss.h"
#include "bench/samples/kl_divergence.h"
#include "bench/samples/layer_norm.h"
#include "bench/samples/pair_loss.h"
#include "bench/samples/softmax.h"

namespace heddle::inspect {
namespace {

template <class Sample, class T>
Cost run_with(std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  Sample::template operation<T>.emulated(args, {});
  return cost(args);
}

template <class Sample>
Cost run(std::vector<i64> const& sizes, std::string const& type) {
  return type == "bf16"  ? run_with<Sample, bf16>(sizes)
         : type == "f16" ? run_with<Sample, f16>(sizes)
                         : run_with<Sample, f32>(sizes);
}

template <class Sample>
InspectedKernel inspected() {
  return {.name = Sample::template operation<f32>.name,
          .shape = Sample::sizes,
          .example = Sample::example,
          .types = {"bf16", "f16", "f32"},
          .source = Sample::source,
          .run = run<Sample>};
}

}  // namespace

std::vector<InspectedKernel> operation_kernels() {
  return {inspected<bench::LayerNormForwardSample>(), inspected<bench::LayerNormBackwardSample>(),
          inspected<bench::SoftmaxForwardSample>(),   inspected<bench::SoftmaxBackwardSample>(),
          inspected<bench::CrossEntropySample>(),     inspected<bench::PairLossSample>(),
          inspected<bench::KlDivergenceSample>(),     inspected<bench::DistanceLossSample>()};
}

}  // namespace heddle::inspect
