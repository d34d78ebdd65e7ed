// Layer normalisation: 64 MiB tensors on the GPU, 16 MiB on the CPU, rows of 256 to 131072 columns, and small shapes.
#include "kernels/norm/layer_norm.h"

#include <fmt/format.h>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/harness/row.h"

namespace heddle::bench {
namespace {

template <class T>
constexpr char const* type_name = "f32";
template <>
constexpr char const* type_name<f16> = "f16";
template <>
constexpr char const* type_name<bf16> = "bf16";

/// The host's copy of what the forward pass makes of x, gamma and beta.
struct Reference {
  Reference(LayerNormShape const& shape, std::vector<f32> const& x, std::vector<f32> const& gamma,
            std::vector<f32> const& beta)
      : y(x.size()), mean(static_cast<std::size_t>(shape.rows)), rstd(mean.size()) {
    cpu::layer_norm_forward({.shape = shape,
                             .x = x.data(),
                             .gamma = gamma.data(),
                             .beta = beta.data(),
                             .y = y.data(),
                             .mean = mean.data(),
                             .rstd = rstd.data()},
                            {});
  }
  std::vector<f32> y, mean, rstd;
};

/// Inputs lie in [-1, 1), so rstd is about 2 and the terms of y and dx are below 4 in magnitude; two sums over a row
/// go into each.
double row_bound(LayerNormShape const& shape) { return 2 * sum_bound(shape.columns, 4.0 / shape.columns) + 1e-6; }

template <class T>
class ForwardPass final : public Pass {
 public:
  ForwardPass(Memory const& memory, LayerNormForwardFn<T>* forward, LayerNormShape const& shape, u64 seed)
      : forward_(forward),
        shape_(shape),
        x_(memory, uniform<T>(shape.rows * shape.columns, 3 * seed)),
        gamma_(memory, uniform<f32>(shape.columns, 3 * seed + 1, 0.5f, 1.5f)),
        beta_(memory, uniform<f32>(shape.columns, 3 * seed + 2)),
        y_(memory, shape.rows * shape.columns),
        mean_(memory, shape.rows),
        rstd_(memory, shape.rows) {}

  void launch() override {
    forward_({.shape = shape_,
              .x = x_.data(),
              .gamma = gamma_.data(),
              .beta = beta_.data(),
              .y = y_.data(),
              .mean = mean_.data(),
              .rstd = rstd_.data()},
             {});
  }
  void spoil() override {
    y_.spoil();
    mean_.spoil();
    rstd_.spoil();
  }
  void check() const override {
    Reference const reference(shape_, as_f32(x_.to_vector()), gamma_.to_vector(), beta_.to_vector());
    double const bound = row_bound(shape_);
    require_close("y", y_.to_vector(), reference.y, bound);
    require_close("mean", mean_.to_vector(), reference.mean, bound);
    require_close("rstd", rstd_.to_vector(), reference.rstd, bound);
  }

 private:
  LayerNormForwardFn<T>* forward_;
  LayerNormShape shape_;
  Buffer<T> x_;
  Buffer<f32> gamma_, beta_;
  Buffer<T> y_;
  Buffer<f32> mean_, rstd_;
};

template <class T>
class BackwardPass final : public Pass {
 public:
  BackwardPass(Memory const& memory, LayerNormBackwardFn<T>* backward, LayerNormShape const& shape, u64 seed)
      : BackwardPass(memory, backward, shape, uniform<T>(shape.rows * shape.columns, 3 * seed),
                     uniform<f32>(shape.columns, 3 * seed + 1, 0.5f, 1.5f), 3 * seed + 2) {}

  void launch() override {
    backward_({.shape = shape_,
               .x = x_.data(),
               .dy = dy_.data(),
               .gamma = gamma_.data(),
               .mean = mean_.data(),
               .rstd = rstd_.data(),
               .dx = dx_.data(),
               .dgamma = dgamma_.data(),
               .dbeta = dbeta_.data(),
               .workspace = {workspace_.data(), workspace_.bytes()}},
              {});
  }
  void spoil() override {
    dx_.spoil();
    dgamma_.spoil();
    dbeta_.spoil();
  }
  void check() const override {
    auto const x = as_f32(x_.to_vector()), dy = as_f32(dy_.to_vector());
    auto const gamma = gamma_.to_vector(), mean = mean_.to_vector(), rstd = rstd_.to_vector();
    std::vector<f32> dx(x.size()), dgamma(gamma.size()), dbeta(gamma.size());
    cpu::layer_norm_backward({.shape = shape_,
                              .x = x.data(),
                              .dy = dy.data(),
                              .gamma = gamma.data(),
                              .mean = mean.data(),
                              .rstd = rstd.data(),
                              .dx = dx.data(),
                              .dgamma = dgamma.data(),
                              .dbeta = dbeta.data(),
                              .workspace = {}},
                             {});
    require_close("dx", dx_.to_vector(), dx, row_bound(shape_));
    double const column_bound = sum_bound(shape_.rows, 2) + 1e-6;
    require_close("dgamma", dgamma_.to_vector(), dgamma, column_bound);
    require_close("dbeta", dbeta_.to_vector(), dbeta, column_bound);
  }

 private:
  BackwardPass(Memory const& memory, LayerNormBackwardFn<T>* backward, LayerNormShape const& shape,
               std::vector<T> const& x, std::vector<f32> const& gamma, u64 dy_seed)
      : BackwardPass(memory, backward, shape, x, gamma,
                     Reference(shape, as_f32(x), gamma, std::vector<f32>(gamma.size())), dy_seed) {}
  BackwardPass(Memory const& memory, LayerNormBackwardFn<T>* backward, LayerNormShape const& shape,
               std::vector<T> const& x, std::vector<f32> const& gamma, Reference const& forward, u64 dy_seed)
      : backward_(backward),
        shape_(shape),
        x_(memory, x),
        dy_(memory, uniform<T>(shape.rows * shape.columns, dy_seed)),
        gamma_(memory, gamma),
        mean_(memory, forward.mean),
        rstd_(memory, forward.rstd),
        dx_(memory, shape.rows * shape.columns),
        dgamma_(memory, shape.columns),
        dbeta_(memory, shape.columns),
        workspace_(memory, static_cast<i64>(layer_norm_backward_workspace_bytes(shape))) {}

  LayerNormBackwardFn<T>* backward_;
  LayerNormShape shape_;
  Buffer<T> x_, dy_;
  Buffer<f32> gamma_, mean_, rstd_;
  Buffer<T> dx_;
  Buffer<f32> dgamma_, dbeta_;
  Buffer<u8> workspace_;
};

std::vector<LayerNormShape> shapes(i64 tensor_elements) {
  std::vector<LayerNormShape> all = {{64, 768}, {512, 1024}, {8, 65536}};
  for (i64 columns = 256; columns <= 131072; columns *= 2) all.push_back({tensor_elements / columns, columns});
  return all;
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, i64 tensor_bytes, LayerNormForwardFn<T>* forward,
         LayerNormBackwardFn<T>* backward) {
  Memory const& memory = processor.memory();
  for (LayerNormShape const& shape : shapes(tensor_bytes / static_cast<i64>(sizeof(T)))) {
    std::string const suffix = fmt::format("{}/{}/{}x{}", processor.name(), type_name<T>, shape.rows, shape.columns);
    rows.push_back({"layer_norm_forward/" + suffix, layer_norm_forward_cost(shape, sizeof(T)),
                    [=, &memory](u64 seed) { return std::make_unique<ForwardPass<T>>(memory, forward, shape, seed); }});
    rows.push_back(
        {"layer_norm_backward/" + suffix, layer_norm_backward_cost(shape, sizeof(T)),
         [=, &memory](u64 seed) { return std::make_unique<BackwardPass<T>>(memory, backward, shape, seed); }});
  }
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  std::vector<Row> all;
  if (processor.name() == "cuda") {
    add<f32>(all, processor, 64 << 20, cuda::layer_norm_forward, cuda::layer_norm_backward);
    add<f16>(all, processor, 64 << 20, cuda::layer_norm_forward, cuda::layer_norm_backward);
    add<bf16>(all, processor, 64 << 20, cuda::layer_norm_forward, cuda::layer_norm_backward);
  } else {
    add<f32>(all, processor, 16 << 20, cpu::layer_norm_forward, cpu::layer_norm_backward);
  }
  return all;
}

}  // namespace heddle::bench
