// Tensor maps as the driver encodes them. Its functions are looked up at run time, so that nothing links libcuda.
#include <cuda.h>

#include <cstring>

#include "kernels/machine/cuda/error.h"
#include "kernels/machine/tensor_map_check.h"

namespace heddle::cuda {
namespace {

static_assert(sizeof(TensorMap) == sizeof(CUtensorMap));

constexpr CUtensorMapDataType data_type(TensorType type) {
  constexpr CUtensorMapDataType types[] = {
      CU_TENSOR_MAP_DATA_TYPE_UINT8,   CU_TENSOR_MAP_DATA_TYPE_UINT16,   CU_TENSOR_MAP_DATA_TYPE_UINT32,
      CU_TENSOR_MAP_DATA_TYPE_INT32,   CU_TENSOR_MAP_DATA_TYPE_UINT64,   CU_TENSOR_MAP_DATA_TYPE_INT64,
      CU_TENSOR_MAP_DATA_TYPE_FLOAT16, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, CU_TENSOR_MAP_DATA_TYPE_FLOAT32,
      CU_TENSOR_MAP_DATA_TYPE_FLOAT64, CU_TENSOR_MAP_DATA_TYPE_TFLOAT32};
  return types[static_cast<int>(type)];
}

constexpr CUtensorMapSwizzle swizzle_mode(Swizzle swizzle) {
  switch (swizzle) {
    case Swizzle::none:
      return CU_TENSOR_MAP_SWIZZLE_NONE;
    case Swizzle::bytes_32:
      return CU_TENSOR_MAP_SWIZZLE_32B;
    case Swizzle::bytes_64:
      return CU_TENSOR_MAP_SWIZZLE_64B;
    case Swizzle::bytes_128:
      return CU_TENSOR_MAP_SWIZZLE_128B;
  }
  return CU_TENSOR_MAP_SWIZZLE_NONE;
}

constexpr CUtensorMapL2promotion promotion(L2Promotion promotion) {
  return static_cast<CUtensorMapL2promotion>(promotion);
}
static_assert(promotion(L2Promotion::bytes_256) == CU_TENSOR_MAP_L2_PROMOTION_L2_256B);

constexpr CUtensorMapFloatOOBfill fill_value(TensorFill fill) {
  return fill == TensorFill::nan ? CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA
                                 : CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE;
}

/// The driver's function of a name, as of CUDA 12.0.
template <class Function>
Function* driver_function(char const* name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  check_cuda(cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found), "tensor_map", ", ",
             name);
  check(found == cudaDriverEntryPointSuccess, "[tensor_map] the driver has no ", name,
        ": tensor maps need a driver for CUDA 12 or later");
  return reinterpret_cast<Function*>(function);
}

TensorMap checked(CUresult status, CUtensorMap const& encoded) {
  check(status == CUDA_SUCCESS, "[tensor_map] the driver refuses the description: CUresult=", static_cast<int>(status),
        "; tensor maps need compute capability 9.0");
  TensorMap map;
  std::memcpy(&map, &encoded, sizeof map);
  return map;
}

/// Drivers up to CUDA 13.1 set a bit in the maps of im2col tensors below 128 KiB that makes the copy wrong; the field's
/// libraries clear it (CUTLASS, copy_traits_sm90_im2col.hpp).
void clear_bit_of_small_tensors(TensorMap& map, Im2colTensor const& tensor) {
  int driver = 0;
  check_cuda(cudaDriverGetVersion(&driver), "tensor_map");
  u64 const bytes = tensor.sizes[tensor.rank - 1] * tensor.strides_bytes[tensor.rank - 2];
  if (driver <= 13010 && bytes < 131072) map.words[1] &= ~(u64{1} << 21);
}

}  // namespace

TensorMap make_tensor_map(void const* address, TiledTensor const& tensor) {
  check_tensor(address, tensor);
  static auto* const encode = driver_function<decltype(cuTensorMapEncodeTiled)>("cuTensorMapEncodeTiled");
  CUtensorMap encoded;
  CUresult const status =
      encode(&encoded, data_type(tensor.type), static_cast<u32>(tensor.rank), const_cast<void*>(address), tensor.sizes,
             tensor.strides_bytes, tensor.box, tensor.element_strides, CU_TENSOR_MAP_INTERLEAVE_NONE,
             swizzle_mode(tensor.swizzle), promotion(tensor.l2_promotion), fill_value(tensor.fill));
  return checked(status, encoded);
}

TensorMap make_tensor_map(void const* address, Im2colTensor const& tensor) {
  check_tensor(address, tensor);
  static auto* const encode = driver_function<decltype(cuTensorMapEncodeIm2col)>("cuTensorMapEncodeIm2col");
  CUtensorMap encoded;
  CUresult const status =
      encode(&encoded, data_type(tensor.type), static_cast<u32>(tensor.rank), const_cast<void*>(address), tensor.sizes,
             tensor.strides_bytes, tensor.lower_corner, tensor.upper_corner, tensor.channels_per_pixel,
             tensor.pixels_per_column, tensor.element_strides, CU_TENSOR_MAP_INTERLEAVE_NONE,
             swizzle_mode(tensor.swizzle), promotion(tensor.l2_promotion), fill_value(tensor.fill));
  TensorMap map = checked(status, encoded);
  clear_bit_of_small_tensors(map, tensor);
  return map;
}

}  // namespace heddle::cuda
