// Products for each configuration of the kernel for sm_90a, whichever would be chosen for them, on few blocks: each
// takes several tiles.
#pragma once

#include "kernels/gemm/gemm_tensor_core.h"
#include "tests/kernels/gemm/gemm_reference.h"

namespace heddle::testing {

struct GemmSm90Case {
  GemmCase one;
  i64 batch = 1;
  i64 between = 8;        // elements from a product to the next, beyond its own
  bool shared_b = false;  // one b for all products
};

inline std::vector<GemmSm90Case> gemm_sm90_cases() {
  return {
      {{.name = "one_tile", .m = 8, .n = 16, .k = 40}},
      {{.name = "deep", .m = 200, .n = 72, .k = 520, .transpose_b = true}},
      {{.name = "tiles", .m = 296, .n = 392, .k = 136, .extra = 8}},
      {{.name = "tiles_nt", .m = 260, .n = 264, .k = 72, .transpose_b = true}},
      {{.name = "tiles_tn", .m = 264, .n = 264, .k = 72, .transpose_a = true}},
      {{.name = "tiles_tt", .m = 136, .n = 260, .k = 72, .transpose_a = true, .transpose_b = true}},
      {{.name = "added", .m = 140, .n = 152, .k = 80, .alpha = 2, .beta = -1, .extra = 8}},
      {{.name = "batch", .m = 136, .n = 88, .k = 72, .alpha = 0.5f}, 5},
      {{.name = "batch_nt_shared", .m = 72, .n = 144, .k = 64, .transpose_b = true}, 3, 0, true},
      {{.name = "batch_added", .m = 40, .n = 24, .k = 80, .transpose_a = true, .beta = 1}, 4, 16},
  };
}

inline void PrintTo(GemmSm90Case const& c, std::ostream* out) { *out << c.one.name; }

/// blocks: at least those of a cluster.
template <int index, int blocks = 4>
struct GemmSm90Pass : GemmPass {
  GemmSm90Case batched;

  explicit GemmSm90Pass(GemmSm90Case const& given) : GemmPass(given.one), batched(given) {}

  template <class T>
  static void emulate(Args<T> const& args, Stream stream) {
    if constexpr (sizeof(T) == 2) emulated::gemm_sm90(problem_of(args), gemm_sm90_configs[index], blocks, stream);
  }
  template <class T>
  static void run(Args<T> const& args, Stream stream) {
    if constexpr (cuda::in_build && sizeof(T) == 2)
      cuda::gemm_sm90(problem_of(args), gemm_sm90_configs[index], blocks, stream);
  }
  template <class T>
  static constexpr Operation<Args<T>> operation = {"gemm", cpu::gemm<T>, run<T>, emulate<T>};

  template <class T>
  Args<T> arguments() const {
    Args<T> args = GemmPass::arguments<T>();
    i64 const of_d = matrix_extent(args.m, args.n, args.ldd) + batched.between;
    args.batch = batched.batch;
    args.strides = {.a = args.extent_of_a() + batched.between,
                    .b = batched.shared_b ? 0 : args.extent_of_b() + batched.between,
                    .c = of_d,
                    .d = of_d};
    return args;
  }

  /// Those of each product, and nothing between them.
  template <class T>
  Bounds bounds(Args<f32> const& args) const {
    i64 const extent = matrix_extent(args.m, args.n, args.ldd);
    std::vector<double> result(static_cast<std::size_t>(args.of_batch(extent, args.strides.d)));
    for (i64 product = 0; product < args.batch; ++product) {
      Args<f32> one = args;
      one.batch = 1;
      one.a += product * args.strides.a;
      one.b += product * args.strides.b;
      if (one.c != nullptr) one.c += product * args.strides.c;
      one.d += product * args.strides.d;
      std::ranges::copy(GemmPass::bounds<T>(one)["d"], result.begin() + product * args.strides.d);
    }
    return {{"d", result}};
  }
};

/// Calls body.operator()<index>() for each configuration.
template <class Body>
void for_each_gemm_sm90_config(Body const& body) {
  [&]<std::size_t... index>(std::index_sequence<index...>) {
    (body.template operator()<static_cast<int>(index)>(), ...);
  }
  (std::make_index_sequence<std::size(gemm_sm90_configs)>{});
}

}  // namespace heddle::testing
