// Tensors of a wrong size are refused before a kernel would write or read beyond them.
#include "ops/image_batch.h"
#include "ops/norm.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::error_of;

TEST(BatchNormOp, RefusesRunningStatisticsOfAnotherSize) {
  Tensor const x = Tensor::zeros({2, 4}), ones = Tensor::full({4}, 1), three = Tensor::zeros({3});
  EXPECT_EQ(error_of([&] { ops::batch_norm_training(x, ones, ones, three, ones); }),
            "[batch_norm] running_mean must be [4]: [3]");
  EXPECT_EQ(error_of([&] { ops::batch_norm_training(x, ones, ones, ones, ones.to(Device::emulated)); }),
            "[batch_norm] tensors on cpu and emulated: move them to one device");
  EXPECT_EQ(error_of([&] { ops::batch_norm_inference(x, ones, ones, ones, three); }),
            "[batch_norm] running_variance must be [4]: [3]");
  EXPECT_EQ(error_of([&] { ops::batch_norm_training(x, ones, ones, {}, {}); }), "(no error)");
}

TEST(ImageBatchOp, RefusesAnImageThatIsNotThere) {
  Tensor const images = Tensor::zeros({2, 4, 4, 1}, DType::u8), one = Tensor::full({1}, 1);
  EXPECT_EQ(error_of([&] {
              ops::image_batch(images, Tensor::from<i64>({0, 2}, {2}), {one, one}, {}, 1, 0);
            }),
            "[image_batch] index must lie in [0, count): position=1, index=2, count=2");
}

}  // namespace
}  // namespace heddle
