#include "ops/tensor.h"

#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::equal;
using testing::error_of;

TEST(Shape, CountsAndPrints) {
  EXPECT_EQ(to_string(Shape{32, 28, 28, 1}), "[32, 28, 28, 1]");
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_EQ((Shape{3, 4}.count()), 12);
  EXPECT_EQ(Shape{}.count(), 1);
  EXPECT_EQ((Shape{3, 0, 4}.count()), 0);
  EXPECT_EQ((Shape{3, 4}[-1]), 4);
}

TEST(Shape, RefusesWhatIsNoShape) {
  EXPECT_EQ(error_of([] { Shape{2, -3}; }), "[shape] sizes must not be negative: size -3 of axis 1");
  EXPECT_EQ(error_of([] { Shape({2, 3})[2]; }), "[shape] no axis 2 in [2, 3]");
  i64 const large = i64{1} << 40;
  EXPECT_NE(error_of([&] { (void)Shape({large, large}).count(); }).find("more elements than 2^63"), std::string::npos);
}

TEST(Tensor, HandlesShareElements) {
  Tensor const a = Tensor::from<f32>({1, 2, 3, 4, 5, 6}, {3, 2});
  Tensor const b = a;
  b.data<f32>()[0] = 7;
  EXPECT_EQ(a.to_vector<f32>()[0], 7);
  EXPECT_TRUE(a.is(b));
  EXPECT_FALSE(a.is(a.clone()));
}

TEST(Tensor, ViewsAndRowsShareElements) {
  Tensor const a = Tensor::from<f32>({1, 2, 3, 4, 5, 6}, {3, 2});
  EXPECT_TRUE(equal(a.rows(1, 3).to_vector<f32>(), {3, 4, 5, 6}));
  a.view({6}).rows(0, 1).data<f32>()[0] = 9;
  EXPECT_EQ(a.to_vector<f32>()[0], 9);
  EXPECT_EQ(a.rows(3, 3).count(), 0);
  EXPECT_EQ(error_of([&] { a.rows(2, 4); }), "[rows] no rows 2 to 4 in [3, 2]");
  EXPECT_EQ(error_of([&] { a.view({4}); }), "[reshape] [3, 2] has not as many elements as [4]");
}

TEST(Tensor, MovesBetweenDevices) {
  std::vector<f32> const values = {1, 2, 3};
  Tensor const host = Tensor::from(values, {3});
  Tensor const device = host.to(Device::emulated);
  EXPECT_EQ(device.device(), Device::emulated);
  EXPECT_TRUE(equal(device.to_vector<f32>(), values));
  Tensor moved = host.clone();
  Tensor const handle = moved;
  moved.move_to(Device::emulated);
  EXPECT_EQ(handle.device(), Device::emulated) << "every handle of the tensor moves";
  EXPECT_TRUE(equal(handle.to(Device::cpu).to_vector<f32>(), values));
}

TEST(Tensor, RefusesMoreBytesThanThereAre) {
  EXPECT_EQ(error_of([] { Tensor::empty({i64{1} << 61}); }), "[tensor] more bytes than 2^63 in [2305843009213693952]");
}

TEST(Tensor, NamesWhatIsWrong) {
  EXPECT_EQ(error_of([] { Tensor().shape(); }), "[tensor] used before it was given a value");
  EXPECT_EQ(error_of([] { Tensor::zeros({2}).data<i32>(); }), "[tensor] elements are f32, asked for as i32");
  EXPECT_EQ(error_of([] { Tensor::from<f32>({1, 2}, {3}); }), "[tensor] [3] of f32 holds 12 bytes, given 8");
  EXPECT_EQ(error_of([] { Tensor::zeros({2}).item<f32>(); }), "[item] needs one element: [2]");
  EXPECT_EQ(error_of([] { device_from_name("gpu"); }), "[device] must be cpu, cuda or emulated: gpu");
}

}  // namespace
}  // namespace heddle
