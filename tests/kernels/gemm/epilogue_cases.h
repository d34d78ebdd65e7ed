// Products with an epilogue, and what they are compared with.
#pragma once

#include "kernels/gemm/gemm.h"
#include "tests/support/epilogue_reference.h"

namespace heddle::testing {

struct EpilogueCase {
  std::string name;
  std::string steps;  // the names of optional tensors, each followed by a space
  Activation activation = Activation::none;
  i64 m = 70, n = 72, k = 24;
  f32 alpha = 1, beta = 0;
  i64 extra = 0, offset = 0;  // elements between rows of d, and from an aligned address
  i64 extra_of_operands = 0;  // elements between rows of a and b
  bool transpose_b = true;
  GemmChoice choice = {};

  bool has(std::string_view step) const { return steps.find(std::string(step) + " ") != std::string::npos; }
  template <class T, class D>
  GemmArgs<T, D> arguments() const {
    GemmArgs<T, D> args = {.m = m, .n = n, .k = k, .transpose_b = transpose_b, .alpha = alpha, .beta = beta};
    args.lda = k + extra_of_operands;
    args.ldb = (transpose_b ? k : n) + extra_of_operands;
    args.ldc = args.ldd = n + extra;
    args.epilogue.activation = activation;
    args.choice = choice;
    return args;
  }
  std::vector<f32> values(std::string_view tensor, i64 count, u64 seed) const {
    bool const given = tensor == "a" || tensor == "b" || (tensor == "c" && beta != 0) || has(tensor);
    return given ? uniform(count, seed, -1.5f, 2) : std::vector<f32>();
  }
};

inline void PrintTo(EpilogueCase const& c, std::ostream* out) { *out << c.name; }

/// alpha * factors * sum + beta * c, in any order of additions, the factors being multiplied with either.
template <class T, class D>
Approximate product(GemmArgs<T, D> const& args, bench::Operands const& operands, OperandValues& at, i64 row,
                    i64 column) {
  double sum = 0, magnitude = 0;
  for (i64 k = 0; k < args.k; ++k) {
    double const one =
        at("a", row * args.lda + k) * at("b", args.transpose_b ? column * args.ldb + k : k * args.ldb + column);
    sum += one;
    magnitude += std::abs(one);
  }
  double factor = args.alpha;
  for (char const* name : {"scale_a", "scale_b"})
    if (operands.has(name)) factor *= at(name, 0);
  Approximate x = {factor * sum, static_cast<double>(args.k + 6) * 0x1p-24 * std::abs(factor) * magnitude};
  if (args.beta != 0) x.add(args.beta * at("c", row * args.ldc + column));
  return x;
}

/// Runs a case on a device, and compares all that it writes with the formula.
template <class T, class D>
void test_epilogue(EpilogueCase const& c, Memory const& memory, OperationFn<GemmArgs<T, D>>* gemm) {
  SCOPED_TRACE(::testing::Message() << "element types " << sizeof(T) << " and " << typeid(D).name());
  auto args = c.arguments<T, D>();
  bench::Operands const operands(
      memory, args, [&](auto name, i64 count, u64 seed) { return c.values(name, count, seed); }, 0, c.offset);
  gemm(args, {});
  OperandValues at(operands);
  auto const sum_of = [&](i64 row, i64 column) { return product(args, operands, at, row, column); };
  EpilogueReference<D>({"d", args.m, args.n, args.ldd, c.activation}, operands, sum_of).expect_written();
}

}  // namespace heddle::testing
