// Each configuration of the matrix product for sm_90a against the CPU: emulated in adverse executions, and on a GPU
// where there is one; and the order of its tiles.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "kernels/machine/device.h"
#include "kernels/tile/launch_epilogue.cuh"
#include "tests/kernels/gemm/epilogue_cases.h"
#include "tests/kernels/gemm/gemm_sm90_pass.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class GemmSm90 : public ::testing::TestWithParam<GemmSm90Case> {};

TEST_P(GemmSm90, EmulatedInEachConfiguration) {
  for_each_gemm_sm90_config([&]<int index>() {
    SCOPED_TRACE(index);
    for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
      options.architecture = 90;
      SCOPED_TRACE(describe(options));
      emulated::ScopedExecution const execution(options);
      test_operation<bf16>(Device::emulated, GemmSm90Pass<index>(GetParam()));
    }
    emulated::ScopedExecution const execution({.architecture = 90});
    test_operation<f16>(Device::emulated, GemmSm90Pass<index, 2>(GetParam()));
  });
}

TEST_P(GemmSm90, CudaInEachConfiguration) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  if (cuda::kernel_architecture() != 90) GTEST_SKIP() << "the device is not of sm_90";
  for_each_gemm_sm90_config([&]<int index>() {
    SCOPED_TRACE(index);
    test_operation<bf16>(Device::cuda, GemmSm90Pass<index>(GetParam()));
    test_operation<f16>(Device::cuda, GemmSm90Pass<index, 2>(GetParam()));
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmSm90, ::testing::ValuesIn(gemm_sm90_cases()),
                         [](auto const& test) { return test.param.one.name; });

/// With the steps of an epilogue.
template <int index, class T, class D>
void run_with_epilogue(GemmArgs<T, D> const& args, Stream stream) {
  GemmProblem<T> const problem = problem_of(args);
  emulated::begin_reductions(args.epilogue, stream);
  int const rows = emulated::gemm_sm90(problem, gemm_sm90_configs[index], 4, stream);
  emulated::finish_reductions(args.epilogue, problem.output, ceil_div<i64>(args.m, rows), stream, "gemm");
}

std::vector<EpilogueCase> epilogue_cases() {
  std::string const all = "bias before_activation residual column_sums column_products absolute_maximum scale ";
  return {{.name = "all", .steps = all + "scale_a ", .activation = Activation::silu, .m = 300, .n = 272, .beta = 1},
          {.name = "odd", .steps = all, .activation = Activation::relu, .m = 130, .n = 69, .beta = 1, .extra = 3},
          {.name = "gradient",
           .steps = "gradient_of column_sums ",
           .activation = Activation::gelu_tanh,
           .m = 65,
           .n = 136,
           .transpose_b = false}};
}

TEST(GemmSm90Epilogue, EmulatedInEachConfiguration) {
  for (EpilogueCase const& c : epilogue_cases())
    for_each_gemm_sm90_config([&]<int index>() {
      SCOPED_TRACE(::testing::Message() << c.name << " in configuration " << index);
      for (emulated::Completion const completion : {emulated::Completion::eager, emulated::Completion::late}) {
        emulated::ScopedExecution const execution(
            {.order = emulated::ThreadOrder::random, .seed = 5, .completion = completion, .architecture = 90});
        test_epilogue<bf16, f32>(c, emulated::memory, run_with_epilogue<index, bf16, f32>);
        test_epilogue<bf16, bf16>(c, emulated::memory, run_with_epilogue<index, bf16, bf16>);
        test_epilogue<f16, i8>(c, emulated::memory, run_with_epilogue<index, f16, i8>);
      }
    });
}

TEST(GemmSm90Tiles, AreEachTakenOnceOneProductAfterTheOther) {
  for (GemmSm90Config const& config : gemm_sm90_configs)
    for (auto const& [m, n, batch] :
         {std::tuple<i64, i64, i64>{1, 1, 1}, {128, 5000, 2}, {5000, 128, 1}, {2500, 1300, 3}}) {
      GemmTiles const tiles(m, n, batch, config);
      EXPECT_GE(tiles.down * config.cluster * config.rows, m);
      EXPECT_GE(tiles.across * config.columns, n);
      std::set<std::tuple<i64, i64, i64>> taken;
      i64 last = 0;
      for (i64 tile = 0; tile < tiles.count(); ++tile) {
        auto const [down, across, product] = tiles.place(tile);
        EXPECT_TRUE(down >= 0 && down < tiles.down && across >= 0 && across < tiles.across) << tile;
        EXPECT_TRUE(product == last || product == last + 1) << tile;
        taken.emplace(down, across, last = product);
      }
      EXPECT_EQ(last, batch - 1);
      EXPECT_EQ(std::ssize(taken), tiles.count()) << m << " x " << n;
    }
}

/// 132 blocks of 128 x 256 have a band of 2048 rows and at most 9 tiles of columns.
TEST(GemmSm90Tiles, ThatRunAtTheSameTimeAreNeighbours) {
  for (int const cluster : {1, 2}) {
    GemmTiles const tiles(8192, 8192, 1, {.columns = 256, .cluster = cluster});
    std::set<i64> rows, columns;
    for (i64 tile = 0; tile < 132 / cluster; ++tile) {
      rows.insert(tiles.place(tile).down);
      columns.insert(tiles.place(tile).across);
    }
    EXPECT_EQ(std::ssize(rows) * cluster, 16);
    EXPECT_EQ(std::ssize(columns), 9);
  }
}

TEST(GemmSm90Configs, AreRefusedWhereTheyCannotBe) {
  for (GemmSm90Config const& config : gemm_sm90_configs) EXPECT_TRUE(config.valid());
  EXPECT_FALSE((GemmSm90Config{.columns = 256, .stages = 4}).valid());   // shared memory
  EXPECT_FALSE((GemmSm90Config{.columns = 192, .cluster = 2}).valid());  // a part of B
  EXPECT_FALSE((GemmSm90Config{.columns = 128, .cluster = 3}).valid());
  EXPECT_FALSE((GemmSm90Config{.schedule = GemmSm90Schedule::ping_pong, .columns = 192}).valid());  // sums
}

TEST(GemmSm90Configs, WithoutAKernelAreRefused) {
  EXPECT_EQ(error_of([] { emulated::gemm_sm90(GemmProblem<bf16>{}, {.columns = 64, .stages = 4}, 132, {}); }),
            "[gemm] this configuration has no kernel, or too few blocks: columns=64, stages=4, cluster=1, blocks=132; "
            "take one of gemm_sm90_configs");
  EXPECT_NE(error_of([] { emulated::gemm_sm90(GemmProblem<bf16>{}, gemm_sm90_configs[1], 1, {}); }), "(no error)");
}

}  // namespace
}  // namespace heddle::testing
