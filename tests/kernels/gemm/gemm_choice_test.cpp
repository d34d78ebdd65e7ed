// How a kernel of the matrix product is chosen: the estimate, and the table of measured choices.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "kernels/gemm/gemm_configurations.h"
#include "kernels/gemm/gemm_model.h"
#include "kernels/gemm/gemm_table.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

double cycles_of(char const* name, GemmShape const& shape, int architecture = 90) {
  return estimate_cycles(find_gemm_choice(name).value(), shape,
                         gemm_machine(architecture, architecture == 90 ? 132 : 108));
}

TEST(GemmModel, IsTheFloorOfTheHeadersForLargeSquares) {
  // 8192^3 in 128 x 256: 2048 tiles, 16 waves of 8192 x 16 cycles.
  EXPECT_NEAR(cycles_of("sm90/cooperative_256x3x1", {8192, 8192, 8192, 2}), 16 * 8192 * 16, 0.2 * 16 * 8192 * 16);
  EXPECT_GE(cycles_of("sm90/cooperative_256x3x1", {8192, 8192, 8192, 2}), 16 * 8192 * 16);
  // 4096^3 in 128 x 128: 1024 tiles, 10 waves of 4096 x 16 cycles.
  EXPECT_NEAR(cycles_of("sm80", {4096, 4096, 4096, 2}, 80), 10 * 4096 * 16, 0.2 * 10 * 4096 * 16);
  // And 128 x 128 multiply-adds on 128 units.
  EXPECT_NEAR(cycles_of("plain/128x8", {4096, 4096, 4096, 4}), 8 * 4096 * 128, 0.1 * 8 * 4096 * 128);
}

TEST(GemmModel, PrefersWideTilesOnceTheyFillTheCard) {
  EXPECT_LT(cycles_of("sm90/cooperative_256x3x1", {8192, 8192, 4096, 2}),
            cycles_of("sm90/cooperative_128x6x1", {8192, 8192, 4096, 2}));
  EXPECT_LT(cycles_of("sm90/cooperative_128x6x1", {1024, 1024, 4096, 2}),
            cycles_of("sm90/cooperative_256x3x1", {1024, 1024, 4096, 2}));
  EXPECT_LT(cycles_of("plain/128x8", {4096, 4096, 512, 4}), cycles_of("plain/64x4", {4096, 4096, 512, 4}));
  EXPECT_LT(cycles_of("plain/64x4", {512, 512, 512, 4}), cycles_of("plain/128x8", {512, 512, 512, 4}));
}

TEST(GemmModel, ReadsTheLargeOperandOfSkinnyProductsOnce) {
  // A vector: as long as memory takes for 4096 x 4096.
  GemmShape const vector = {1, 4096, 4096, 2};
  EXPECT_NEAR(cycles_of("skinny/4x32", vector), 2.0 * 4096 * 4096 / 2700, 0.3 * 2.0 * 4096 * 4096 / 2700);
  EXPECT_LT(cycles_of("skinny/4x32", vector), cycles_of("sm90/cooperative_128x6x1", vector));
  EXPECT_LT(cycles_of("skinny/16x32", {16, 4096, 4096, 2}), cycles_of("sm90/cooperative_128x6x1", {16, 4096, 4096, 2}));
  EXPECT_LT(cycles_of("sm90/cooperative_128x6x1", {16, 32000, 4096, 2}),
            cycles_of("skinny/16x32", {16, 32000, 4096, 2}));
  // Few lines: the blocks share them, so that all multiprocessors have some.
  EXPECT_LT(cycles_of("skinny/4x8", {1, 1000, 4096, 2}), cycles_of("skinny/4x32", {1, 1000, 4096, 2}));
}

/// The configuration of sm_90's kernel that should be fastest.
std::string best_of_sm90(GemmShape const& shape) {
  auto const cycles = [&](GemmChoice const& choice) { return cycles_of(name_of(choice).c_str(), shape); };
  std::vector<GemmChoice> choices = gemm_choices();
  std::erase_if(choices, [](GemmChoice const& choice) { return choice.path != GemmPath::sm90; });
  return name_of(*std::ranges::min_element(choices, {}, cycles));
}

TEST(GemmModel, ChoosesEachConfigurationOfSm90ForSomeProduct) {
  EXPECT_EQ(best_of_sm90({8192, 8192, 8192, 2}), "sm90/cooperative_256x3x2");
  EXPECT_EQ(best_of_sm90({1408, 3072, 8192, 2}), "sm90/cooperative_256x3x1");  // an odd number of rows of tiles
  EXPECT_EQ(best_of_sm90({8192, 8192, 64, 2}), "sm90/ping_pong_128x5x1");      // much output
  EXPECT_EQ(best_of_sm90({128, 128, 64, 2, 400}), "sm90/ping_pong_128x5x1");
  EXPECT_EQ(best_of_sm90({1024, 1024, 8192, 2}), "sm90/cooperative_128x6x1");  // few tiles
}

TEST(GemmNames, AreEachOfOneChoice) {
  std::set<std::string> names;
  for (GemmChoice const& choice : gemm_choices()) {
    EXPECT_TRUE(names.insert(name_of(choice)).second) << name_of(choice);
    EXPECT_EQ(find_gemm_choice(name_of(choice)), choice);
  }
  EXPECT_EQ(find_gemm_choice("sm90/1x1"), std::nullopt);
}

GemmTable table_of(char const* text) {
  std::istringstream stream(text);
  return {stream, "table.txt"};
}

TEST(GemmTable, FindsWhatWasMeasured) {
  GemmTable const table = table_of("# a remark\n\nbf16 nt 16 32 64 plain/64x4  # another\nf32 nn 1 2 3 skinny/4x32\n");
  EXPECT_EQ(table.size(), 2u);
  GemmProblem<bf16> product = {.m = 16, .n = 32, .k = 64, .transpose_b = true};
  EXPECT_EQ(table.find(product), find_gemm_choice("plain/64x4"));
  product.batch = 2;
  EXPECT_EQ(table.find(product), std::nullopt);
  product = {.m = 16, .n = 32, .k = 64};
  EXPECT_EQ(table.find(product), std::nullopt);
  EXPECT_EQ(table.find(GemmProblem<f16>{.m = 16, .n = 32, .k = 64, .transpose_b = true}), std::nullopt);
}

TEST(GemmTable, NamesTheLineThatIsWrong) {
  EXPECT_EQ(error_of([] { table_of("\nbf16 nt 16 32 64 sm90/1x1\n"); }),
            "[gemm] table.txt:2: there is no configuration 'sm90/1x1'; tune anew");
  for (char const* line : {"bf16 nt 16 32 64", "bf16 nt 16 32 x plain/64x4", "bf16 n 16 32 64 plain/64x4",
                           "f64 nt 16 32 64 plain/64x4", "bf16 nt 16 32 -1 plain/64x4", "bf16 nt 1 2 3 plain/64x4 5"})
    EXPECT_EQ(error_of([&] { table_of(line); }),
              "[gemm] table.txt:1: expected 'TYPE nn|nt|tn|tt M N K CHOICE': '" + std::string(line) + "'; tune anew");
}

}  // namespace
}  // namespace heddle::testing
