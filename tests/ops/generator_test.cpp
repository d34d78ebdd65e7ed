#include "ops/generator.h"

#include <numeric>

#include "tests/support/compare.h"

namespace heddle {
namespace {

TEST(Generator, IsAFunctionOfSeedAndStream) {
  Generator a{.seed = 7}, b{.seed = 7}, c{.seed = 8};
  auto const first = a.uniform({1000}, 0, 1).to_vector<f32>();
  EXPECT_TRUE(testing::equal(b.uniform({1000}, 0, 1).to_vector<f32>(), first));
  EXPECT_FALSE(testing::equal(c.uniform({1000}, 0, 1).to_vector<f32>(), first));
  EXPECT_FALSE(testing::equal(a.uniform({1000}, 0, 1).to_vector<f32>(), first)) << "the next stream is another";
  Generator resumed{.seed = 7, .next_stream = 1};
  (void)b.uniform({1000}, 0, 1);
  EXPECT_TRUE(
      testing::equal(resumed.uniform({8}, 0, 1).to_vector<f32>(), Generator{7, 1}.uniform({8}, 0, 1).to_vector<f32>()));
}

TEST(Generator, HasTheMomentsOfItsDistribution) {
  Generator generator{.seed = 1};
  constexpr i64 count = 200'000;
  auto const moments = [](std::vector<f32> const& values) {
    double sum = 0, squares = 0;
    for (f32 const value : values) sum += value, squares += double{value} * value;
    double const mean = sum / static_cast<double>(values.size());
    return std::pair{mean, squares / static_cast<double>(values.size()) - mean * mean};
  };
  // Six standard errors of mean and variance.
  auto const [uniform_mean, uniform_variance] = moments(generator.uniform({count}, -1, 3).to_vector<f32>());
  EXPECT_NEAR(uniform_mean, 1, 6 * std::sqrt(16.0 / 12 / count));
  EXPECT_NEAR(uniform_variance, 16.0 / 12, 6 * (16.0 / 12) * std::sqrt(0.8 / count));
  auto const [normal_mean, normal_variance] = moments(generator.normal({count}, 2, 0.5f).to_vector<f32>());
  EXPECT_NEAR(normal_mean, 2, 6 * 0.5 / std::sqrt(count));
  EXPECT_NEAR(normal_variance, 0.25, 6 * 0.25 * std::sqrt(2.0 / count));
}

}  // namespace
}  // namespace heddle
