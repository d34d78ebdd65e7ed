// Products with an epilogue against its formula in double: on the CPU, and by each kernel on the emulator and a GPU.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/gemm/epilogue_cases.h"
#include "tests/support/device_buffer.h"

namespace heddle::testing {
namespace {

std::vector<EpilogueCase> epilogue_cases() {
  using enum Activation;
  std::string const all = "bias before_activation residual column_sums column_products absolute_maximum scale ";
  return {
      {.name = "nothing", .steps = ""},
      {.name = "accumulate", .steps = "", .alpha = -0.5f, .beta = 2},
      {.name = "factors", .steps = "scale_a scale_b ", .alpha = 0.5f},
      {.name = "bias", .steps = "bias "},
      {.name = "before_activation", .steps = "before_activation "},
      {.name = "relu", .steps = "", .activation = relu},
      {.name = "gelu_erf", .steps = "", .activation = gelu_erf},
      {.name = "gelu_tanh", .steps = "", .activation = gelu_tanh},
      {.name = "silu", .steps = "", .activation = silu},
      {.name = "gradient_of_none", .steps = "gradient_of "},
      {.name = "gradient_of_relu", .steps = "gradient_of ", .activation = relu},
      {.name = "gradient_of_gelu_erf", .steps = "gradient_of ", .activation = gelu_erf},
      {.name = "gradient_of_gelu_tanh", .steps = "gradient_of ", .activation = gelu_tanh},
      {.name = "gradient_of_silu", .steps = "gradient_of ", .activation = silu},
      {.name = "normalised_input_gradient",
       .steps = "gradient_of gradient_scale gradient_shift column_sums column_products ",
       .activation = gelu_erf,
       .m = 150,
       .n = 136},
      {.name = "residual", .steps = "residual "},
      {.name = "column_sums", .steps = "column_sums ", .m = 300},
      {.name = "column_products", .steps = "column_products ", .m = 300},
      {.name = "absolute_maximum", .steps = "absolute_maximum "},
      {.name = "scale", .steps = "scale "},
      {.name = "linear_layer", .steps = "bias before_activation ", .activation = gelu_tanh, .n = 136},
      {.name = "input_gradient", .steps = "gradient_of column_sums ", .activation = gelu_tanh, .n = 136},
      {.name = "all", .steps = all + "scale_a scale_b ", .activation = silu, .m = 150, .n = 200, .beta = 1},
      {.name = "all_ends_within_a_vector", .steps = all, .activation = silu, .n = 69, .beta = 1, .extra = 3},
      {.name = "all_misaligned", .steps = all, .activation = relu, .n = 68, .offset = 1},
      {.name = "result_misaligned", .steps = all, .activation = relu, .beta = 1, .extra = 1},
      {.name = "operands_misaligned", .steps = all, .beta = 1, .extra_of_operands = 1, .transpose_b = false},
      {.name = "gradient_ends_within_a_vector",
       .steps = "gradient_of gradient_scale gradient_shift residual column_sums column_products ",
       .activation = silu,
       .n = 67,
       .extra = 2},
      {.name = "saturates", .steps = "", .alpha = 60},
      {.name = "one", .steps = all, .activation = gelu_erf, .m = 1, .n = 1, .k = 1},
      {.name = "no_depth", .steps = all + "scale_a ", .activation = silu, .k = 0, .beta = 1},
      {.name = "no_rows", .steps = "column_sums column_products absolute_maximum ", .m = 0},
  };
}

class GemmEpilogue : public ::testing::TestWithParam<EpilogueCase> {};

/// Every type of results of 16-bit operands, and f32 with the like.
template <class T>
void test_results(EpilogueCase const& c, Memory const& memory, auto const& gemm_of) {
  test_epilogue<T, f32>(c, memory, gemm_of(GemmArgs<T, f32>{}));
  test_epilogue<T, f16>(c, memory, gemm_of(GemmArgs<T, f16>{}));
  test_epilogue<T, bf16>(c, memory, gemm_of(GemmArgs<T, bf16>{}));
  test_epilogue<T, f8e4m3>(c, memory, gemm_of(GemmArgs<T, f8e4m3>{}));
  test_epilogue<T, i8>(c, memory, gemm_of(GemmArgs<T, i8>{}));
}

constexpr auto on_cpu = []<class T, class D>(GemmArgs<T, D> const&) { return &cpu::gemm<T, D>; };
constexpr auto on_emulator = []<class T, class D>(GemmArgs<T, D> const&) { return &emulated::gemm<T, D>; };
constexpr auto on_cuda = []<class T, class D>(GemmArgs<T, D> const&) { return gemm<T, D>.cuda; };

TEST_P(GemmEpilogue, Cpu) {
  test_results<f32>(GetParam(), cpu::memory, on_cpu);
  test_results<bf16>(GetParam(), cpu::memory, on_cpu);
}

void test_emulated(EpilogueCase const& c, int architecture) {
  for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
    options.architecture = architecture;
    SCOPED_TRACE(describe(options));
    emulated::ScopedExecution const execution(options);
    test_epilogue<bf16, bf16>(c, emulated::memory, emulated::gemm<bf16>);
    test_epilogue<f32, f32>(c, emulated::memory, emulated::gemm<f32>);
  }
  emulated::ScopedExecution const execution({.architecture = architecture});
  test_results<f16>(c, emulated::memory, on_emulator);
}

TEST_P(GemmEpilogue, EmulatedOnSm80) { test_emulated(GetParam(), 80); }
TEST_P(GemmEpilogue, EmulatedOnSm90) { test_emulated(GetParam(), 90); }

TEST_P(GemmEpilogue, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_results<f32>(GetParam(), cuda::memory, on_cuda);
  test_results<f16>(GetParam(), cuda::memory, on_cuda);
  test_results<bf16>(GetParam(), cuda::memory, on_cuda);
}

INSTANTIATE_TEST_SUITE_P(Cases, GemmEpilogue, ::testing::ValuesIn(epilogue_cases()),
                         [](auto const& test) { return test.param.name; });

/// Every step but the reductions, on few rows and on few columns of d.
TEST(GemmEpilogues, OfSkinnyProducts) {
  for (EpilogueCase c : epilogue_cases()) {
    if (c.has("column_sums") || c.has("column_products") || c.has("absolute_maximum")) continue;
    SCOPED_TRACE(c.name);
    c.choice = {GemmPath::skinny, 1};
    i64 const m = c.m;
    c.m = std::min<i64>(m, 7);
    test_results<f16>(c, emulated::memory, on_emulator);
    test_epilogue<f32, f32>(c, emulated::memory, emulated::gemm<f32>);
    c.m = m;
    c.n = std::min<i64>(c.n, 6);
    test_epilogue<bf16, bf16>(c, emulated::memory, emulated::gemm<bf16>);
  }
}

/// What nothing is rounded to, c not being read, and the largest of all magnitudes.
template <class T, class D>
void test_special_values(Memory const& memory, OperationFn<GemmArgs<T, D>>* gemm) {
  DeviceBuffer<T> ones(memory, std::vector<T>(64, T(1.0f)));
  DeviceBuffer<D> nan(memory, 64), d(memory, 64);
  DeviceBuffer<f32> largest(memory, 1), biases(memory, std::vector<f32>{1, -INFINITY, NAN, INFINITY, 0, 0, 0, 0});
  GemmArgs<T, D> args = {.m = 8, .n = 8, .k = 8, .lda = 8, .ldb = 8, .ldd = 8};
  args.a = args.b = ones.data();
  args.c = nan.data();
  args.d = d.data();
  args.epilogue.absolute_maximum = largest.data();
  gemm(args, {});
  for (D const value : d.read()) EXPECT_EQ(static_cast<f32>(value), 8);
  EXPECT_EQ(largest.read()[0], 8);

  args.epilogue.bias = biases.data();
  gemm(args, {});
  std::vector<D> const row = d.read();
  EXPECT_TRUE(std::isnan(largest.read()[0]));
  EXPECT_EQ(static_cast<f32>(row[1]), least_of<D>);
  EXPECT_EQ(static_cast<f32>(row[3]), most_of<D>);
  if (std::same_as<D, i8>)
    EXPECT_EQ(static_cast<f32>(row[2]), 0);
  else
    EXPECT_TRUE(std::isnan(static_cast<f32>(row[2])));
}

TEST(GemmEpilogues, RoundSpecialValues) {
  test_special_values<bf16, f32>(cpu::memory, cpu::gemm);
  test_special_values<bf16, i8>(cpu::memory, cpu::gemm);
  test_special_values<bf16, f8e4m3>(cpu::memory, cpu::gemm);
  test_special_values<bf16, f32>(emulated::memory, emulated::gemm);
  test_special_values<bf16, i8>(emulated::memory, emulated::gemm);
  test_special_values<bf16, f8e4m3>(emulated::memory, emulated::gemm);
  test_special_values<f32, f8e4m3>(emulated::memory, emulated::gemm);
}

struct Batch {
  i64 products, m, n, k;
  i64 apart;  // elements between products
  bool shared_b = false, in_place = false;
};

/// Products of small integers, which are exact, after each other; what is between them stays.
template <class T, class D>
void test_batch(Batch const& batch, Memory const& memory, OperationFn<GemmArgs<T, D>>* gemm) {
  auto const [products, m, n, k, apart, shared_b, in_place] = batch;
  GemmStrides const strides = {m * k + apart, shared_b ? 0 : k * n + apart, m * n + apart, m * n + apart};
  auto const a = small_integers<T>(products * strides.a, 1),
             b = small_integers<T>((products - 1) * strides.b + k * n, 2);
  auto const c = small_integers<D>(products * strides.d, 3);
  DeviceBuffer<T> of_a(memory, a), of_b(memory, b);
  DeviceBuffer<D> of_c(memory, c), of_d(memory, c);
  gemm({.m = m,
        .n = n,
        .k = k,
        .beta = 2,
        .a = of_a.data(),
        .lda = k,
        .b = of_b.data(),
        .ldb = n,
        .c = in_place ? of_d.data() : of_c.data(),
        .ldc = n,
        .d = of_d.data(),
        .ldd = n,
        .batch = products,
        .strides = strides},
       {});
  std::vector<f32> expected(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) expected[i] = static_cast<f32>(c[i]);
  for (i64 product = 0; product < products; ++product)
    for (i64 row = 0; row < m; ++row)
      for (i64 column = 0; column < n; ++column) {
        f32& sum = expected[static_cast<std::size_t>(product * strides.d + row * n + column)];
        sum *= 2;
        for (i64 i = 0; i < k; ++i)
          sum += static_cast<f32>(a[static_cast<std::size_t>(product * strides.a + row * k + i)]) *
                 static_cast<f32>(b[static_cast<std::size_t>(product * strides.b + i * n + column)]);
      }
  EXPECT_TRUE(within(of_d.read(), expected, [](std::size_t, double) { return 0.0; }));
}

template <class T, class D = T>
void test_batches(Memory const& memory, OperationFn<GemmArgs<T, D>>* gemm) {
  test_batch<T, D>({.products = 3, .m = 70, .n = 136, .k = 8, .apart = 8}, memory, gemm);
  test_batch<T, D>({.products = 3, .m = 5, .n = 8, .k = 8, .apart = 8, .shared_b = true}, memory, gemm);
  test_batch<T, D>({.products = 2, .m = 6, .n = 7, .k = 3, .apart = 1, .in_place = true}, memory, gemm);
}

TEST(GemmBatch, AreProductsEach) {
  test_batches<f32>(cpu::memory, cpu::gemm);
  test_batches<bf16>(cpu::memory, cpu::gemm);
  for (int const architecture : {80, 90}) {
    emulated::ScopedExecution const execution({.completion = emulated::Completion::late, .architecture = architecture});
    test_batches<f32>(emulated::memory, emulated::gemm);
    test_batches<bf16>(emulated::memory, emulated::gemm);
    test_batches<f16, f32>(emulated::memory, emulated::gemm);
  }
}

TEST(GemmBatch, IsOfMoreThan65535Products) {
  test_batch<f32, f32>({.products = 70000, .m = 1, .n = 1, .k = 1, .apart = 0}, emulated::memory, emulated::gemm);
}

TEST(GemmBatch, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_batches<f32>(cuda::memory, gemm<f32>.cuda);
  test_batches<bf16>(cuda::memory, gemm<bf16>.cuda);
  test_batch<f32, f32>({.products = 70000, .m = 1, .n = 1, .k = 1, .apart = 0}, cuda::memory, gemm<f32>.cuda);
}

}  // namespace
}  // namespace heddle::testing
