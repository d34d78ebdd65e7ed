// The figures of a batch: every device, in adverse executions where it is emulated.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/optimizer/step_figures.h"
#include "ops/tensor.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

template <class Value>
Tensor bytes_of(Value const& value, Device device) {
  return Tensor::from_bytes(std::as_bytes(std::span(&value, 1)), {sizeof(Value)}, DType::u8, device);
}

template <class Value>
Value value_of(Tensor const& bytes) {
  Value value;
  std::memcpy(&value, bytes.to_vector<u8>().data(), sizeof(Value));
  return value;
}

struct Batch {
  StepFigures figures;
  StepState state;
};

/// Adds a batch of `rows`, of which every third is right, to figures of 1.5 and 2.
template <class T>
Batch add_batch(Device device, i64 rows, f32 loss) {
  std::vector<i64> predicted;
  std::vector<T> labels;
  for (i64 row = 0; row < rows; ++row) {
    predicted.push_back(row % 10);
    labels.push_back(static_cast<T>(row % 3 == 0 ? row % 10 : 10));
  }
  Tensor const on_device = Tensor::from(predicted, {rows}, device), of_rows = Tensor::from(labels, {rows}, device);
  Tensor const mean = Tensor::full({1}, loss, device);
  Tensor const figures = bytes_of(StepFigures{.loss = 1.5, .correct = 2}, device);
  Tensor const state = bytes_of(StepState{.step = 4}, device);
  auto const& operation = step_figures<T>;
  (device == Device::cpu    ? operation.cpu
   : device == Device::cuda ? operation.cuda
                            : operation.emulated)({.rows = rows,
                                                   .loss = mean.data<f32>(),
                                                   .predicted = on_device.data<i64>(),
                                                   .labels = of_rows.template data<T>(),
                                                   .figures = reinterpret_cast<StepFigures*>(figures.data<u8>()),
                                                   .state = reinterpret_cast<StepState*>(state.data<u8>())},
                                                  {});
  return {value_of<StepFigures>(figures), value_of<StepState>(state)};
}

template <class T>
void expect_sums(Device device) {
  for (i64 const rows : {0, 1, 3, 100, 1024, 3001}) {
    Batch const batch = add_batch<T>(device, rows, 0.25f);
    EXPECT_EQ(batch.figures.correct, 2 + (rows + 2) / 3);
    EXPECT_EQ(batch.figures.loss, 1.5 + 0.25 * static_cast<double>(rows));
    EXPECT_EQ(batch.state.loss_finite, 1);
    EXPECT_EQ(batch.state.step, 4);
  }
  constexpr f32 infinity = std::numeric_limits<f32>::infinity();
  for (f32 const loss : {infinity, -infinity, std::numeric_limits<f32>::quiet_NaN()})
    EXPECT_EQ(add_batch<T>(device, 5, loss).state.loss_finite, 0) << loss;
  EXPECT_EQ(add_batch<T>(device, 5, std::numeric_limits<f32>::max()).state.loss_finite, 1);
}

void expect_sums_of_all_labels(Device device) {
  expect_sums<i32>(device);
  expect_sums<i64>(device);
}

TEST(StepFigures, Cpu) { expect_sums_of_all_labels(Device::cpu); }

TEST(StepFigures, Emulated) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    expect_sums_of_all_labels(Device::emulated);
  }
}

TEST(StepFigures, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  expect_sums_of_all_labels(Device::cuda);
}

TEST(StepFigures, NamesTheValue) {
  EXPECT_EQ(error_of([] { emulated::step_figures<i32>({.rows = -3}, {}); }),
            "[step_figures] sizes must not be negative: rows=-3");
}

}  // namespace
}  // namespace heddle::testing
