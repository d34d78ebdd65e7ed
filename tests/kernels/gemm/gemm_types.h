// Products of operands that are not of a type of activations against their definition in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "bench/harness/operands.h"
#include "kernels/core/choice.h"
#include "kernels/gemm/gemm.h"
#include "ops/memory.h"
#include "tests/support/cases_gemm.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::testing {

enum class Scales : u8 { none, whole, blocks };

struct GemmTypesCase : GemmCase {
  Scales scales = Scales::none;
  i64 batch = 1;
  bool common_b = false;  // of all products
};

/// How exact the sums are.
enum class Summation : u8 {
  exact,     // integers, and factors that are powers of two: no sum rounds, also where few bits are kept
  f32,       // each addition rounds to f32
  hardware,  // of f8, additions of the matrix unit cut off at 2^-13 of the largest term
};

/// One product with operands of T and a result of D.
template <class T, class D>
class GemmTypes {
 public:
  GemmTypes(GemmTypesCase const& c, bool integers, Memory const& memory)
      : c_(c), integers_(integers), args_(arguments(c)), operands_(memory, args_, fill(), 0, c.offset) {}

  GemmArgs<T, D> const& args() const { return args_; }

  /// Whether all of d, and nothing else, is what the definition gives.
  void expect_right(Summation summation) const {
    Values const values = {operands_.values("a"), operands_.values("b"), scales("scale_a"), scales("scale_b")};
    auto const c = c_.beta == 0 ? std::vector<f32>() : operands_.values("c"), d = operands_.values("d");
    std::vector<double> expected = as_double(d), bounds(d.size());
    for (i64 number = 0; number < args_.batch * args_.m; ++number)
      for (i64 column = 0; column < args_.n; ++column) {
        i64 const product = number / args_.m, row = number % args_.m;
        auto const element = static_cast<std::size_t>(product * args_.strides.d + row * args_.ldd + column);
        auto const [sum, magnitude] = sum_of(values, product, row, column);
        double const added = c_.beta == 0 ? 0 : c_.beta * c[element];
        double const exact = c_.alpha * sum + added;
        expected[element] = exact;
        if (summation != Summation::exact)
          bounds[element] = relative_error(summation) * std::abs(c_.alpha) * magnitude +
                            0x1p-21 * (std::abs(exact) + std::abs(added));
        if (sizeof(D) < 4) bounds[element] += unit_roundoff<D> * 1.001 * std::abs(exact);
      }
    EXPECT_TRUE(within(d, expected, [&](std::size_t i, double) { return bounds[i]; }));
    EXPECT_EQ(operands_.overrun(), "") << "was written around";
  }

 private:
  static GemmArgs<T, D> arguments(GemmTypesCase const& c) {
    GemmArgs<T, D> args = {.m = c.m,
                           .n = c.n,
                           .k = c.k,
                           .transpose_a = c.transpose_a,
                           .transpose_b = c.transpose_b,
                           .alpha = c.alpha,
                           .beta = c.beta,
                           .lda = (c.transpose_a ? c.m : c.k) + c.extra,
                           .ldb = (c.transpose_b ? c.k : c.n) + c.extra,
                           .ldc = c.n + c.extra,
                           .ldd = c.n + c.extra,
                           .batch = c.batch,
                           .scales = {.of_blocks = c.scales == Scales::blocks},
                           .tf32 = std::same_as<T, f32>};
    if (c.batch == 1) return args;
    i64 const of_d = matrix_extent(c.m, c.n, args.ldd) + 7;
    args.strides = {.a = ceil_div<i64>(args.extent_of_a(), 16) * 16 + 16,
                    .b = c.common_b ? 0 : ceil_div<i64>(args.extent_of_b(), 16) * 16,
                    .c = of_d,
                    .d = of_d};
    return args;
  }

  /// Integers where the operands are, or sums are to be exact.
  bench::Values fill() const {
    return [c = c_, integers = integers_](std::string_view name, i64 count, u64 seed) -> std::vector<f32> {
      if (name == "scale_a" || name == "scale_b") {
        if (c.scales == Scales::none) return {};
        if (!integers) return uniform(count, seed, 0.25f, 2.0f);
        std::vector<f32> powers = small_integers(count, seed, -2, 2);
        for (f32& power : powers) power = std::exp2(power);
        return powers;
      }
      if (name != "a" && name != "b" && (name != "c" || c.beta == 0)) return {};
      if (std::same_as<T, i8> && name != "c") return small_integers(count, seed, -128, 127);
      return integers ? small_integers(count, seed) : uniform(count, seed);
    };
  }

  struct Values {
    std::vector<f32> a, b, scale_a, scale_b;
  };
  std::vector<f32> scales(char const* name) const {
    return c_.scales == Scales::none ? std::vector<f32>() : operands_.values(name);
  }
  double factor(std::vector<f32> const& factors, i64 line, i64 k) const {
    if (factors.empty()) return 1;
    return factors[static_cast<std::size_t>(args_.scales.of_blocks ? line * ceil_div<i64>(args_.k, 128) + k / 128 : 0)];
  }

  struct SumOf {
    double sum = 0, magnitude = 0;
  };
  SumOf sum_of(Values const& v, i64 product, i64 row, i64 column) const {
    SumOf result;
    double scale = 1;
    for (i64 k = 0; k < args_.k; ++k) {
      if (k % 128 == 0) scale = factor(v.scale_a, row, k) * factor(v.scale_b, column / 128, k);
      auto const of_a = product * args_.strides.a + (args_.transpose_a ? k * args_.lda + row : row * args_.lda + k);
      auto const of_b =
          product * args_.strides.b + (args_.transpose_b ? column * args_.ldb + k : k * args_.ldb + column);
      double const term = double{v.a[static_cast<std::size_t>(of_a)]} * v.b[static_cast<std::size_t>(of_b)] * scale;
      result.sum += term;
      result.magnitude += std::abs(term);
    }
    return result;
  }

  /// Of the sum, against the sum of magnitudes. Operands of tf32 are cut off, or rounded, at 10 bits of their mantissa:
  /// 2^-10 each. On the matrix unit a product of 32 f8 and the sum cuts off up to 33 terms, each at 2^-13 of the
  /// largest, which is at most the sum of magnitudes, and 128 of k are four of them.
  double relative_error(Summation summation) const {
    double const operands = std::same_as<T, f32> ? 2.001 * 0x1p-10 : 0;
    double const cut = is_f8<T> && summation == Summation::hardware ? 4 * 33 * 0x1p-13 : 0;
    return operands + cut + static_cast<double>(args_.k + 6) * 0x1p-24 * (is_f8<T> || std::same_as<T, f32> ? 1 : 0);
  }

  GemmTypesCase c_;
  bool integers_;
  GemmArgs<T, D> args_;
  bench::Operands operands_;
};

/// Runs one case: on integers, or on any numbers where the operands are not integers anyway.
template <class T, class D = f32>
void test_types(Device device, GemmTypesCase const& c, bool integers) {
  SCOPED_TRACE(::testing::Message() << "operands of " << sizeof(T) << " bytes");
  if (c.scales == Scales::blocks && !is_f8<T>) return;
  if (std::same_as<D, i32> && (c.alpha != 1 || c.beta != 0 || c.scales != Scales::none)) return;
  if (!integers && std::same_as<D, i32>) return;
  GemmTypes<T, D> const product(c, integers, memory_of(device));
  auto const& operation = gemm<T, D>;
  (device == Device::cpu    ? operation.cpu
   : device == Device::cuda ? operation.cuda
                            : operation.emulated)(product.args(), {});
  product.expect_right(integers ? Summation::exact : device == Device::cuda ? Summation::hardware : Summation::f32);
}

inline void test_all_operands(Device device, GemmTypesCase const& c, bool integers) {
  test_types<f32>(device, c, integers);
  test_types<f8e4m3>(device, c, integers);
  test_types<i8>(device, c, integers);
  test_types<i8, i32>(device, c, integers);
}

inline std::vector<GemmTypesCase> gemm_types_cases() {
  constexpr Scales whole = Scales::whole, blocks = Scales::blocks;
  return {
      {{.name = "one", .m = 1, .n = 1, .k = 1, .transpose_b = true}, whole},
      {{.name = "no_depth", .m = 4, .n = 5, .k = 0, .beta = 2}, whole},
      {{.name = "odd", .m = 7, .n = 13, .k = 5}},
      {{.name = "odd_nt", .m = 7, .n = 13, .k = 5, .transpose_b = true, .extra = 3}},
      {{.name = "misaligned", .m = 20, .n = 24, .k = 48, .transpose_b = true, .offset = 1}, whole},
      {{.name = "zero_alpha", .m = 6, .n = 8, .k = 16, .transpose_b = true, .alpha = 0, .beta = 1}, whole},
      {{.name = "aligned", .m = 70, .n = 80, .k = 160}, blocks},
      {{.name = "aligned_tn", .m = 80, .n = 144, .k = 160, .transpose_a = true, .alpha = -2}, blocks},
      {{.name = "aligned_tt", .m = 80, .n = 48, .k = 144, .transpose_a = true, .transpose_b = true}, blocks},
      {{.name = "aligned_nt", .m = 130, .n = 144, .k = 80, .transpose_b = true, .beta = 0.5f, .extra = 16}, whole},
      {{.name = "ends_within_16_bytes", .m = 21, .n = 45, .k = 61, .transpose_b = true, .extra = 3}},
      {{.name = "deep", .m = 24, .n = 40, .k = 912, .transpose_b = true}},
      {{.name = "batch", .m = 40, .n = 72, .k = 96, .transpose_b = true, .beta = 2}, whole, 3},
      {{.name = "batch_of_blocks", .m = 33, .n = 48, .k = 160, .transpose_b = true}, blocks, 2, true},
      {{.name = "batch_across_k", .m = 48, .n = 32, .k = 68, .transpose_a = true}, whole, 3, true},
      {{.name = "blocks", .m = 133, .n = 300, .k = 432, .transpose_b = true, .alpha = 0.5f}, blocks},
  };
}

}  // namespace heddle::testing
