// The operations on lists of parameters: as many tensors of one size as are named.
#include "bench/samples/optimizer.h"
#include "bench/inspect/kernels.h"

namespace heddle::inspect {
namespace {

template <class Sample, class T>
Cost run_with(std::vector<i64> const& sizes) {
  std::vector<i64> const counts(static_cast<std::size_t>(sizes[0]), sizes[1]);
  bench::TensorList<typename Sample::template Args<T>> const list(emulated::memory, Sample::template arguments<T>(),
                                                                  bench::optimizer_state, counts);
  Sample::template operation<T>.emulated(list.args, {});
  return cost(list.args);
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
          .shape = "TENSORSxELEMENTS",
          .example = {3, 65536},
          .types = {"f32", "f16", "bf16"},
          .source = Sample::source,
          .run = run<Sample>};
}

}  // namespace

std::vector<InspectedKernel> optimizer_kernels() {
  return {inspected<bench::SgdSample>(), inspected<bench::AdamWSample>(), inspected<bench::GradientNormSample>()};
}

}  // namespace heddle::inspect
