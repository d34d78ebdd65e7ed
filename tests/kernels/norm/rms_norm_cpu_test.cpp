// Root mean square normalisation on the CPU against PyTorch in double precision.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/norm/rms_norm.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

constexpr char const* fixture_cases[] = {"odd", "one_column", "large_epsilon", "transformer"};

TEST(RmsNormCpu, ForwardIsPyTorch) {
  nn::TensorFile const file = fixture("rms_norm");
  for (std::string const name : fixture_cases) {
    SCOPED_TRACE(name);
    std::vector<f32> const x = values(file, name + ".x"), gamma = values(file, name + ".gamma");
    i64 const columns = std::ssize(gamma), rows = std::ssize(x) / columns;
    std::vector<f32> y(x.size()), rstd(static_cast<std::size_t>(rows));
    cpu::rms_norm_forward<f32>({.shape = {rows, columns},
                                .epsilon = values(file, name + ".epsilon")[0],
                                .x = x.data(),
                                .gamma = gamma.data(),
                                .y = y.data(),
                                .rstd = rstd.data()},
                               {});
    // The fixture is rounded to f32 as well: two roundings.
    EXPECT_TRUE(within(rstd, values(file, name + ".rstd"), close_bound(2 * unit_roundoff<f32>, 0)));
    EXPECT_TRUE(within(y, values(file, name + ".y"), close_bound(2 * unit_roundoff<f32>, 0)));
  }
}

TEST(RmsNormCpu, BackwardIsPyTorch) {
  nn::TensorFile const file = fixture("rms_norm");
  for (std::string const name : fixture_cases) {
    SCOPED_TRACE(name);
    std::vector<f32> const x = values(file, name + ".x"), gamma = values(file, name + ".gamma");
    std::vector<f32> const dy = values(file, name + ".dy"), dsum = values(file, name + ".dsum");
    std::vector<f32> const rstd = values(file, name + ".rstd");
    i64 const columns = std::ssize(gamma), rows = std::ssize(x) / columns;
    std::vector<f32> dx(x.size()), dgamma(gamma.size());
    cpu::rms_norm_backward<f32>({.shape = {rows, columns},
                                 .x = x.data(),
                                 .dy = dy.data(),
                                 .dsum = dsum.data(),
                                 .gamma = gamma.data(),
                                 .rstd = rstd.data(),
                                 .dx = dx.data(),
                                 .dgamma = dgamma.data(),
                                 .workspace = {}},
                                {});
    // rstd comes rounded to f32: xhat, below sqrt(columns), and so each of the three factors of dx is off by u.
    double const largest_rstd = *std::max_element(rstd.begin(), rstd.end()), root = std::sqrt(columns);
    double const shift = 3 * unit_roundoff<f32> * largest_rstd * (1 + static_cast<double>(columns));
    EXPECT_TRUE(within(dx, values(file, name + ".dx"), close_bound(2 * unit_roundoff<f32>, shift)));
    EXPECT_TRUE(within(dgamma, values(file, name + ".dgamma"),
                       close_bound(2 * unit_roundoff<f32>, static_cast<double>(rows) * unit_roundoff<f32> * root)));
  }
}

TEST(RmsNormCpu, RefusesWhatItCannotUse) {
  f32 value[1] = {};
  RmsNormForwardArgs<f32> a = {.shape = {1, 1}, .x = value, .gamma = value, .y = value, .rstd = value};
  a.epsilon = -1;
  EXPECT_EQ(error_of([&] { cpu::rms_norm_forward(a, {}); }),
            "[rms_norm_forward] epsilon must not be negative or NaN: epsilon=-1");
  a.epsilon = 0;
  a.residual = value;
  EXPECT_EQ(error_of([&] { cpu::rms_norm_forward(a, {}); }),
            "[rms_norm_forward] residual and sum come together: give both or none");
  EXPECT_EQ(error_of([&] {
              emulated::rms_norm_backward<f32>({.shape = {1, 1}, .workspace = {}}, {});
            }),
            "[rms_norm_backward] x is null, but has 1 elements");
}

}  // namespace
}  // namespace heddle::testing
