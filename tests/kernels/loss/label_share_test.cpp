// How much a labelled row counts: the CPU against sums by hand, and the kernel against the CPU, emulated in adverse
// executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/loss/label_share.h"
#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "ops/tensor.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle::testing {
namespace {

f32 share_on(Device device, std::vector<i32> const& labels, std::vector<f32> const& weights, i32 ignored) {
  i64 const rows = std::ssize(labels), classes = std::ssize(weights);
  Tensor const on_device = Tensor::from(labels, {rows}, device), of_classes = Tensor::from(weights, {classes}, device);
  Tensor const share = Tensor::empty({1}, DType::f32, device);
  auto const& operation = label_share<f32>;
  (device == Device::cpu    ? operation.cpu
   : device == Device::cuda ? operation.cuda
                            : operation.emulated)({.rows = rows,
                                                   .classes = classes,
                                                   .ignored_label = ignored,
                                                   .labels = on_device.data<i32>(),
                                                   .weights = classes == 0 ? nullptr : of_classes.data<f32>(),
                                                   .share = share.data<f32>()},
                                                  {});
  return share.item<f32>();
}

TEST(LabelShareCpu, IsOneOverTheWeightOfTheRowsThatCount) {
  EXPECT_EQ(share_on(Device::cpu, {0, 1, 1, -100}, {}, -100), 1 / 3.0f);
  EXPECT_EQ(share_on(Device::cpu, {0, 1, 1, -100}, {0.5f, 1.5f}, -100), 1 / 3.5f);
  EXPECT_EQ(share_on(Device::cpu, {0, 1, 1}, {0.5f, 1.5f}, 1), 2);
  EXPECT_EQ(share_on(Device::cpu, {7, -7}, {0.5f}, -100), 0.5f) << "labels that are none weigh 1";
  EXPECT_EQ(share_on(Device::cpu, {3, 3}, {}, 3), 0);
  EXPECT_EQ(share_on(Device::cpu, {}, {}, 3), 0);
}

void expect_the_share_of_the_cpu(Device device) {
  for (i64 const rows : {0, 1, 31, 33, 1024, 2500})
    for (bool const weighted : {false, true}) {
      std::vector<i32> labels;
      for (i64 row = 0; row < rows; ++row) labels.push_back(static_cast<i32>(row * 7 % 12) - 1);
      std::vector<f32> const weights = weighted ? uniform(10, 3, 0.5f, 2) : std::vector<f32>();
      f32 const expected = share_on(Device::cpu, labels, weights, 3);
      EXPECT_NEAR(share_on(device, labels, weights, 3), expected, 0x1p-23 * expected) << rows;
    }
}

TEST(LabelShareKernel, Emulated) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    expect_the_share_of_the_cpu(Device::emulated);
  }
}

TEST(LabelShareKernel, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  expect_the_share_of_the_cpu(Device::cuda);
}

TEST(LabelShare, NamesTheValue) {
  EXPECT_EQ(error_of([] { emulated::label_share<f32>({.rows = -1}, {}); }),
            "[label_share] sizes must not be negative: rows=-1, classes=0");
  EXPECT_EQ(error_of([] { emulated::label_share<f32>({.rows = 2}, {}); }),
            "[label_share] labels is null, but has 2 elements");
}

}  // namespace
}  // namespace heddle::testing
