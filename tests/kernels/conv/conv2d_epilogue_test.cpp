// Convolutions with an epilogue against its formula in double: on the CPU, and by each kernel on the emulator.
#include <gtest/gtest.h>

#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/conv/conv2d_reference.h"
#include "tests/support/epilogue_reference.h"

namespace heddle::testing {
namespace {

struct ConvEpilogueCase {
  std::string name;
  Conv2dShape shape;
  std::string steps;  // the names of optional tensors, each followed by a space
  Activation activation = Activation::none;
};

void PrintTo(ConvEpilogueCase const& c, std::ostream* out) { *out << c.name; }

std::vector<ConvEpilogueCase> epilogue_cases() {
  using enum Activation;
  Conv2dShape const same = {.n = 3, .h = 7, .w = 9, .c = 16, .k = 24, .r = 3, .s = 3, .padding = {1, 1, 1, 1}};
  Conv2dShape strided = same, grouped = same, odd = same, empty = same;
  strided.stride_h = strided.stride_w = 2;
  grouped.groups = 2;
  odd.c = 5;
  odd.k = 7;
  empty.n = 0;
  std::string const forward = "bias before_activation residual column_sums column_products absolute_maximum scale ",
                    backward = "gradient_of gradient_scale gradient_shift residual column_sums column_products ";
  return {
      {"bias_relu", same, "bias ", relu},
      {"statistics", same, "column_sums column_products "},
      {"folded_batch_norm", strided, "bias residual ", silu},
      {"all", same, forward, gelu_tanh},
      {"all_strided", strided, forward, relu},
      {"all_in_groups", grouped, forward, silu},
      {"all_odd", odd, forward, silu},
      {"normalised_input_gradient", same, backward, gelu_erf},
      {"normalised_input_gradient_strided", strided, backward, silu},
      {"normalised_input_gradient_in_groups", grouped, backward, silu},
      {"normalised_input_gradient_odd", odd, backward, silu},
      {"no_images", empty, "column_sums column_products absolute_maximum "},
  };
}

/// Which tensors a direction reads, and what it writes.
struct Terms {
  char const *one, *other, *result;
  i64 rows, columns;
};
template <class T>
Terms terms_of(Conv2dForwardArgs<T> const& a) {
  return {"x", "filter", "y", a.shape.n * a.shape.p() * a.shape.q(), a.shape.k};
}
template <class T>
Terms terms_of(Conv2dBackwardDataArgs<T> const& a) {
  return {"dy", "filter", "dx", a.shape.n * a.shape.h * a.shape.w, a.shape.c};
}

template <template <class> class Args, class T>
void test_epilogue(ConvEpilogueCase const& c, Memory const& memory, OperationFn<Args<T>>* convolve) {
  constexpr bool is_forward = std::same_as<Args<T>, Conv2dForwardArgs<T>>;
  SCOPED_TRACE(::testing::Message() << (is_forward ? "forward of " : "backward-data of ") << typeid(T).name());
  Args<T> args = {.shape = c.shape};
  args.epilogue.activation = c.activation;
  Terms const terms = terms_of(args);
  auto const values = [&](std::string_view tensor, i64 count, u64 seed) {
    bool const given =
        tensor == terms.one || tensor == terms.other || c.steps.find(std::string(tensor) + " ") != c.steps.npos;
    return given ? uniform(count, seed, -1.5f, 2) : std::vector<f32>();
  };
  bench::Operands const operands(memory, args, values);
  convolve(args, {});

  OperandValues at(operands);
  std::vector<Approximate> sums(static_cast<std::size_t>(terms.rows * terms.columns));
  double const additions = static_cast<double>(c.shape.r * c.shape.s * std::max(c.shape.c, c.shape.k) + 6);
  for_each_product(c.shape, [&](std::size_t x, std::size_t filter, std::size_t y) {
    double const one = at(terms.one, static_cast<i64>(is_forward ? x : y)) * at("filter", static_cast<i64>(filter));
    Approximate& sum = sums[is_forward ? y : x];
    sum.value += one;
    sum.error += additions * 0x1p-24 * std::abs(one);
  });
  auto const sum_of = [&](i64 row, i64 column) { return sums[static_cast<std::size_t>(row * terms.columns + column)]; };
  EpilogueReference<T>({terms.result, terms.rows, terms.columns, terms.columns, c.activation}, operands, sum_of)
      .expect_written();
}

class ConvEpilogue : public ::testing::TestWithParam<ConvEpilogueCase> {};

TEST_P(ConvEpilogue, Cpu) {
  test_epilogue<Conv2dForwardArgs, f32>(GetParam(), cpu::memory, cpu::conv2d_forward<f32>);
  test_epilogue<Conv2dForwardArgs, bf16>(GetParam(), cpu::memory, cpu::conv2d_forward<bf16>);
  test_epilogue<Conv2dBackwardDataArgs, f32>(GetParam(), cpu::memory, cpu::conv2d_backward_data<f32>);
  test_epilogue<Conv2dBackwardDataArgs, f16>(GetParam(), cpu::memory, cpu::conv2d_backward_data<f16>);
}

TEST_P(ConvEpilogue, Emulated) {
  for (emulated::ExecutionOptions options : emulated::adversarial_executions())
    for (int const architecture : {80, 90}) {
      options.architecture = architecture;
      SCOPED_TRACE(describe(options));
      emulated::ScopedExecution const execution(options);
      test_epilogue<Conv2dForwardArgs, f32>(GetParam(), emulated::memory, emulated::conv2d_forward<f32>);
      test_epilogue<Conv2dForwardArgs, bf16>(GetParam(), emulated::memory, emulated::conv2d_forward<bf16>);
      test_epilogue<Conv2dBackwardDataArgs, f32>(GetParam(), emulated::memory, emulated::conv2d_backward_data<f32>);
      test_epilogue<Conv2dBackwardDataArgs, bf16>(GetParam(), emulated::memory, emulated::conv2d_backward_data<bf16>);
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, ConvEpilogue, ::testing::ValuesIn(epilogue_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
