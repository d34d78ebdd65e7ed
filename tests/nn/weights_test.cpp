#include "nn/weights.h"

#include <gtest/gtest.h>

#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "tests/nn/temporary_folder.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

std::shared_ptr<nn::Sequential> small_model(i64 classes = 2) {
  Generator generator;
  auto model = std::make_shared<nn::Sequential>();
  model->add("conv", std::make_shared<nn::Conv2d>(2, 3, 2, generator))
      .add("bn", std::make_shared<nn::BatchNorm2d>(3))
      .add("fc", std::make_shared<nn::Linear>(3, classes, generator));
  return model;
}

std::vector<f32> counting(i64 count) {
  std::vector<f32> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<f32>(i);
  return values;
}

TEST(Weights, PermuteFilters) {
  Shape const krsc = {2, 2, 1, 3}, oihw = {2, 3, 2, 1};
  Tensor const filter = Tensor::from(counting(12), krsc);
  Tensor const permuted = nn::krsc_to_oihw(filter);
  EXPECT_EQ(permuted.shape(), oihw);
  EXPECT_EQ(permuted.to_vector<f32>(), (std::vector<f32>{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}));
  EXPECT_EQ(nn::oihw_to_krsc(permuted).shape(), krsc);
  EXPECT_EQ(nn::oihw_to_krsc(permuted).to_vector<f32>(), filter.to_vector<f32>());
}

TEST(Weights, AreWrittenAsPyTorchLaysThemOut) {
  TemporaryFolder const folder;
  auto const model = small_model();
  nn::save_weights(*model, folder / "w", {{"model", "small"}});
  nn::TensorFile const file = nn::read_safetensors(folder / "w");
  EXPECT_EQ(file.metadata.at("model"), "small");
  EXPECT_EQ(file.tensors.size(), 8);
  EXPECT_EQ(file.at("conv.weight").shape(), Shape({3, 2, 2, 2}));
  EXPECT_EQ(file.at("fc.weight").to_vector<f32>(), model->parameters()[4].tensor.to_vector<f32>());
}

/// PyTorch's own file of a network in tests/fixtures: one more tensor per normalisation, and the same bits back.
TEST(Weights, OfPyTorchAreReadAndWrittenBack) {
  TemporaryFolder const folder;
  nn::TensorFile const original = fixture("nn_basic");
  Generator generator;
  nn::Conv2d conv(3, 4, 3, generator, {.padding = 1, .bias = false});
  nn::write_safetensors(folder / "conv", {{{"weight", original.at("conv1.weight")},
                                           {"bn.num_batches_tracked", original.at("bn1.num_batches_tracked")}},
                                          {}});
  nn::load_weights(conv, folder / "conv");
  std::vector<f32> const oihw = original.at("conv1.weight").to_vector<f32>();
  f32 const* const krsc = conv.parameters()[0].tensor.data<f32>();
  for (i64 k = 0; k < 4; ++k)
    for (i64 c = 0; c < 3; ++c)
      for (i64 rs = 0; rs < 9; ++rs)
        ASSERT_EQ(krsc[(k * 9 + rs) * 3 + c], oihw[static_cast<std::size_t>((k * 3 + c) * 9 + rs)]);
  nn::save_weights(conv, folder / "again");
  EXPECT_EQ(nn::read_safetensors(folder / "again").at("weight").to_vector<f32>(), oihw);
}

TEST(Weights, OfAnotherModelAreRefusedWithAllThatIsWrong) {
  TemporaryFolder const folder;
  auto const model = small_model();
  nn::save_weights(*model, folder / "w");
  nn::TensorFile file = nn::read_safetensors(folder / "w");
  std::erase_if(file.tensors, [](auto const& t) { return t.name.starts_with("bn.running"); });
  file.tensors[0].tensor = file.tensors[0].tensor.view({3, 2, 4, 1});
  file.tensors.push_back({"extra", Tensor::zeros({1})});
  file.tensors.push_back({"fc.scale", Tensor::zeros({1})});
  nn::write_safetensors(folder / "w", file);

  for (nn::NamedTensor& t : model->state()) t.tensor.fill_zero();
  EXPECT_EQ(error_of([&] { nn::load_weights(*model, folder / "w"); }),
            "[load_weights] " + (folder / "w").string() +
                " is not of this model: 8 tensors expected, 8 found; 2 missing, first bn.running_mean; 2 unexpected, "
                "first extra; 1 of another shape or type, first conv.weight: f32 [3, 2, 4, 1] instead of f32 "
                "[3, 2, 2, 2]");
  for (nn::NamedTensor const& t : model->state())
    for (f32 const value : t.tensor.to_vector<f32>()) ASSERT_EQ(value, 0) << t.name << " was changed";
}

TEST(Weights, OfAnotherTypeAreRefused) {
  TemporaryFolder const folder;
  Generator generator;
  nn::Linear linear(2, 1, generator, false);
  nn::write_safetensors(folder / "w", {{{"weight", Tensor::from(std::vector<i32>{1, 2}, {1, 2})}}, {}});
  EXPECT_NE(error_of([&] { nn::load_weights(linear, folder / "w"); }).find("weight: i32 [1, 2] instead of f32 [1, 2]"),
            std::string::npos);
}

}  // namespace
}  // namespace heddle::testing
