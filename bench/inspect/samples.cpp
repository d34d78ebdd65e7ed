// The operations of bench/samples.
#include "bench/inspect/kernels.h"
#include "bench/samples/batch_norm.h"
#include "bench/samples/conv2d.h"
#include "bench/samples/cross_entropy.h"
#include "bench/samples/dice_loss.h"
#include "bench/samples/distance_loss.h"
#include "bench/samples/elementwise.h"
#include "bench/samples/gemm.h"
#include "bench/samples/gemm_types.h"
#include "bench/samples/group_norm.h"
#include "bench/samples/image_batch.h"
#include "bench/samples/image_grey.h"
#include "bench/samples/kl_divergence.h"
#include "bench/samples/mix_batch.h"
#include "bench/samples/pair_loss.h"
#include "bench/samples/pool.h"
#include "bench/samples/reduce.h"
#include "bench/samples/reduce_backward.h"
#include "bench/samples/row_norm.h"
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
  return {.name = bench::name_of<Sample>(),
          .shape = Sample::sizes,
          .example = Sample::example,
          .types = {"bf16", "f16", "f32"},
          .source = Sample::source,
          .run = run<Sample>};
}

/// One that is there in one type only.
template <class Sample, class T>
InspectedKernel inspected_in() {
  return {.name = bench::name_of<Sample>(),
          .shape = Sample::sizes,
          .example = Sample::example,
          .types = {bench::type_name<T>},
          .source = Sample::source,
          .run = [](std::vector<i64> const& sizes, std::string const&) { return run_with<Sample, T>(sizes); }};
}

}  // namespace

std::vector<InspectedKernel> operation_kernels() {
  return {
      inspected<bench::LayerNormForwardSample>(),
      inspected<bench::LayerNormBackwardSample>(),
      inspected<bench::RmsNormForwardSample>(),
      inspected<bench::RmsNormBackwardSample>(),
      inspected<bench::SoftmaxForwardSample>(),
      inspected<bench::SoftmaxBackwardSample>(),
      inspected<bench::BatchNormTrainingSample<false>>(),
      inspected<bench::BatchNormInferenceSample<false>>(),
      inspected<bench::BatchNormBackwardSample<false>>(),
      inspected<bench::BatchNormTrainingSample<true>>(),
      inspected<bench::BatchNormInferenceSample<true>>(),
      inspected<bench::BatchNormBackwardSample<true>>(),
      inspected<bench::GroupNormForwardSample>(),
      inspected<bench::GroupNormBackwardSample>(),
      inspected<bench::CrossEntropySample>(),
      inspected<bench::DiceLossForwardSample>(),
      inspected<bench::DiceLossBackwardSample>(),
      inspected<bench::MaxPoolForwardSample>(),
      inspected<bench::MaxPoolBackwardSample>(),
      inspected<bench::AveragePoolForwardSample>(),
      inspected<bench::AveragePoolBackwardSample>(),
      inspected<bench::AdaptiveAveragePoolForwardSample>(),
      inspected<bench::AdaptiveAveragePoolBackwardSample>(),
      inspected<bench::GlobalAverageForwardSample>(),
      inspected<bench::GlobalAverageBackwardSample>(),
      inspected<bench::AddSample>(),
      inspected<bench::CastSample>(),
      inspected<bench::ChainForwardSample>(),
      inspected<bench::ChainBackwardSample>(),
      inspected<bench::PairLossSample>(),
      inspected<bench::KlDivergenceSample>(),
      inspected<bench::ImageBatchSample>(),
      inspected<bench::ColouredImageBatchSample>(),
      inspected<bench::TurnedImageBatchSample>(),
      inspected_in<bench::ImageGreySample, f32>(),
      inspected<bench::MixBatchSample<false>>(),
      inspected<bench::MixBatchSample<true>>(),
      inspected<bench::ReduceSumSample>(),
      inspected<bench::ReduceDotSample>(),
      inspected<bench::ReduceMaxSample>(),
      inspected<bench::ReduceSumBackwardSample>(),
      inspected<bench::ReduceMaxBackwardSample>(),
      inspected<bench::DistanceLossSample>(),
      inspected<bench::GemmSample>(),
      inspected<bench::LinearSample>(),
      inspected<bench::WeightGradientSample>(),
      inspected_in<bench::GemmTf32Sample, f32>(),
      inspected_in<bench::GemmF8Sample, f8e4m3>(),
      inspected_in<bench::GemmI8Sample, i8>(),
      inspected<bench::Conv2dForwardSample>(),
      inspected<bench::Conv2dBackwardDataSample>(),
      inspected<bench::Conv2dBackwardFilterSample>(),
  };
}

}  // namespace heddle::inspect
