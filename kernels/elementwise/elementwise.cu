// Launchers of elementwise operations: for CUDA, and for the emulator.
#include "kernels/elementwise/elementwise.h"

#include "kernels/elementwise/elementwise_check.h"
#include "kernels/elementwise/functions.cuh"
#include "kernels/elementwise/launch_map.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void add(AddArgs<T> const& a, Stream stream) {
  check_arguments(a);
  launch_map<WeightedSum<T>>(a.count, {{a.a, a.b}, a.out, {a.alpha, a.beta}}, stream, "add");
}

template <class T>
void scale(ScaleArgs<T> const& a, Stream stream) {
  check_arguments(a);
  launch_map<Scaled<T>>(a.count, {{a.x}, a.y, {a.scale, a.factor}}, stream, "scale");
}

template <class Types>
void cast(CastArgs<Types> const& a, Stream stream) {
  check_arguments(a);
  launch_map<Converted<typename Types::From, typename Types::To>>(a.count, {{a.x}, a.y, {}}, stream, "cast");
}

HEDDLE_INSTANTIATE(add, AddArgs);
HEDDLE_INSTANTIATE(scale, ScaleArgs);
HEDDLE_INSTANTIATE_CASTS();

}  // namespace heddle::HEDDLE_BACKEND
