// Convolutions on the CPU: those of a small CIFAR network and one with a stride, in their three directions.
#include "kernels/conv/conv2d.h"

#include <fmt/format.h>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/harness/row.h"

namespace heddle::bench {
namespace {

constexpr Conv2dShape conv3x3(i64 side, i64 c, i64 k, i64 stride = 1) {
  return {.n = 128,
          .h = side,
          .w = side,
          .c = c,
          .k = k,
          .r = 3,
          .s = 3,
          .stride_h = stride,
          .stride_w = stride,
          .padding = {1, 1, 1, 1}};
}

constexpr Conv2dShape shapes[] = {
    conv3x3(4, 80, 80), conv3x3(8, 40, 80), conv3x3(16, 24, 40), conv3x3(32, 3, 24), conv3x3(32, 16, 32, 2),
};

/// The three tensors of a convolution, and single elements of its three directions summed straight from the
/// definition, in double precision: y[n,p,q,k] = sum x[n,h,w,c] filter[k,r,s,c] with h = p stride + r - padding.
struct Problem {
  Problem(Conv2dShape const& conv, u64 seed)
      : shape(conv),
        x(uniform<f32>(conv.input_count(), 3 * seed)),
        filter(uniform<f32>(conv.filter_count(), 3 * seed + 1)),
        dy(uniform<f32>(conv.output_count(), 3 * seed + 2)) {}

  double x_at(i64 n, i64 h, i64 w, i64 c) const {
    bool const inside = h >= 0 && h < shape.h && w >= 0 && w < shape.w;
    return inside ? x[static_cast<std::size_t>(((n * shape.h + h) * shape.w + w) * shape.c + c)] : 0;
  }
  double filter_at(i64 k, i64 r, i64 s, i64 c) const {
    return filter[static_cast<std::size_t>(((k * shape.r + r) * shape.s + s) * shape.c + c)];
  }
  double dy_at(i64 n, i64 p, i64 q, i64 k) const {
    bool const inside = p >= 0 && p < shape.p() && q >= 0 && q < shape.q();
    return inside ? dy[static_cast<std::size_t>(((n * shape.p() + p) * shape.q() + q) * shape.k + k)] : 0;
  }

  double y_element(i64 index) const {
    i64 const k = index % shape.k, q = index / shape.k % shape.q(), p = index / shape.k / shape.q() % shape.p(),
              n = index / shape.k / shape.q() / shape.p();
    double sum = 0;
    for (i64 r = 0; r < shape.r; ++r)
      for (i64 s = 0; s < shape.s; ++s)
        for (i64 c = 0; c < shape.c; ++c)
          sum += x_at(n, p * shape.stride_h + r - shape.padding.top, q * shape.stride_w + s - shape.padding.left, c) *
                 filter_at(k, r, s, c);
    return sum;
  }

  double dx_element(i64 index) const {
    i64 const c = index % shape.c, w = index / shape.c % shape.w, h = index / shape.c / shape.w % shape.h,
              n = index / shape.c / shape.w / shape.h;
    double sum = 0;
    for (i64 r = 0; r < shape.r; ++r)
      for (i64 s = 0; s < shape.s; ++s) {
        i64 const row = h + shape.padding.top - r, column = w + shape.padding.left - s;
        if (row % shape.stride_h != 0 || column % shape.stride_w != 0) continue;
        for (i64 k = 0; k < shape.k; ++k)
          sum += dy_at(n, row / shape.stride_h, column / shape.stride_w, k) * filter_at(k, r, s, c);
      }
    return sum;
  }

  double dfilter_element(i64 index) const {
    i64 const c = index % shape.c, s = index / shape.c % shape.s, r = index / shape.c / shape.s % shape.r,
              k = index / shape.c / shape.s / shape.r;
    double sum = 0;
    for (i64 n = 0; n < shape.n; ++n)
      for (i64 p = 0; p < shape.p(); ++p)
        for (i64 q = 0; q < shape.q(); ++q)
          sum += x_at(n, p * shape.stride_h + r - shape.padding.top, q * shape.stride_w + s - shape.padding.left, c) *
                 dy_at(n, p, q, k);
    return sum;
  }

  Conv2dShape shape;
  std::vector<f32> x, filter, dy;
};

/// What distinguishes the directions.
struct Direction {
  char const* name;
  i64 (*output_count)(Conv2dShape const&);
  i64 (*terms)(Conv2dShape const&);  // of the longest sum that gives one output element
  void (*launch)(Problem const&, f32* output);
  double (Problem::*element)(i64 index) const;
};

constexpr Direction directions[] = {
    {"forward", [](Conv2dShape const& shape) { return shape.output_count(); },
     [](Conv2dShape const& shape) { return shape.r * shape.s * shape.c; },
     [](Problem const& problem, f32* y) {
       cpu::conv2d_forward({problem.shape, problem.x.data(), problem.filter.data(), y}, {});
     },
     &Problem::y_element},
    {"backward_data", [](Conv2dShape const& shape) { return shape.input_count(); },
     [](Conv2dShape const& shape) { return shape.r * shape.s * shape.k; },
     [](Problem const& problem, f32* dx) {
       cpu::conv2d_backward_data({problem.shape, problem.dy.data(), problem.filter.data(), dx}, {});
     },
     &Problem::dx_element},
    {"backward_filter", [](Conv2dShape const& shape) { return shape.filter_count(); },
     [](Conv2dShape const& shape) { return shape.n * shape.p() * shape.q(); },
     [](Problem const& problem, f32* dfilter) {
       cpu::conv2d_backward_filter({problem.shape, problem.x.data(), problem.dy.data(), dfilter}, {});
     },
     &Problem::dfilter_element},
};

class Conv2dPass final : public Pass {
 public:
  Conv2dPass(Direction const& direction, Conv2dShape const& shape, u64 seed)
      : direction_(direction), problem_(shape, seed), output_(cpu::memory, direction.output_count(shape)) {}

  void launch() override { direction_.launch(problem_, output_.data()); }
  void spoil() override { output_.spoil(); }
  void check() const override {
    require_close_at_samples("output", output_.to_vector(), sum_bound(direction_.terms(problem_.shape), 1),
                             [&](i64 index) { return (problem_.*direction_.element)(index); });
  }

 private:
  Direction const& direction_;
  Problem problem_;
  Buffer<f32> output_;
};

/// The three tensors pass through memory once, whichever of them is written.
Cost cost(Direction const& direction, Conv2dShape const& shape) {
  i64 const elements = shape.input_count() + shape.filter_count() + shape.output_count();
  double const written = static_cast<double>(direction.output_count(shape));
  return {.flops = 2 * static_cast<double>(shape.macs()),
          .read_bytes = sizeof(f32) * (static_cast<double>(elements) - written),
          .write_bytes = sizeof(f32) * written};
}

std::string name(Direction const& direction, Conv2dShape const& shape) {
  return fmt::format("conv2d_{}/cpu/f32/n{}_h{}_w{}_c{}_k{}_r{}_s{}_stride{}", direction.name, shape.n, shape.h,
                     shape.w, shape.c, shape.k, shape.r, shape.s, shape.stride_h);
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  std::vector<Row> all;
  if (processor.name() != "cpu") return all;
  for (Conv2dShape const& shape : shapes)
    for (Direction const& direction : directions)
      all.push_back({name(direction, shape), cost(direction, shape),
                     [&direction, shape](u64 seed) { return std::make_unique<Conv2dPass>(direction, shape, seed); }});
  return all;
}

}  // namespace heddle::bench
