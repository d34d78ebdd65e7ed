// Convolutions that are matrix products: for CUDA, and for the emulator.
#include "kernels/conv/conv2d_product.h"

#include "kernels/conv/conv_special.h"
#include "kernels/tile/launch_column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void product_forward(Conv2dForwardArgs<T> const& args, Stream stream) {
  gemm<T, T>(product_of(args), stream);
}

template <class T>
void product_backward_data(Conv2dBackwardDataArgs<T> const& args, Stream stream) {
  gemm<T, T>(product_of(args), stream);
}

template <class T>
void product_backward_filter(Conv2dBackwardFilterArgs<T> const& args, Stream stream) {
  GemmArgs<T, f32> const product = product_of(args);
  i64 const count = args.shape.filter_count();
  if (count == 0) return;
  gemm<T, f32>(product, stream);
  launch_column_reduction_finish<SumReducer>(1, count, product.batch, static_cast<f32 const*>(product.d),
                                             StoreSum<T>{args.dfilter}, stream, "conv2d_backward_filter");
}

HEDDLE_INSTANTIATE(product_forward, Conv2dForwardArgs);
HEDDLE_INSTANTIATE(product_backward_data, Conv2dBackwardDataArgs);
HEDDLE_INSTANTIATE(product_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle::HEDDLE_BACKEND
