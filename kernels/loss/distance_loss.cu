// Launchers of the losses on distances: for CUDA, and for the emulator.
#include "kernels/loss/distance_loss.cuh"

#include "kernels/core/choice.h"
#include "kernels/loss/center_gradient.cuh"
#include "kernels/loss/distance_loss_check.h"
#include "kernels/loss/loss_config.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, int vector>
void launch_center_gradient(DistanceLossArgs<T> const& args, Stream stream) {
  using Kernel = CenterGradient<T, vector>;
  i64 const blocks = args.centers * ceil_div<i64>(args.columns, Kernel::columns_per_block);
  if (blocks == 0) return;
  launch<Kernel>(dim3(static_cast<unsigned>(blocks)),
                 {args.rows, args.columns, args.dloss, args.a, args.b, args.labels, args.db}, stream,
                 "center_gradient");
}

}  // namespace

template <class T>
void distance_loss(DistanceLossArgs<T> const& args, Stream stream) {
  check_arguments(args);
  if (args.kind == DistanceLoss::center && args.db != nullptr) {
    bool const vectorised = aligned(args.a, args.b, args.db) && args.columns % widest_vector<T> == 0;
    vectorised ? launch_center_gradient<T, widest_vector<T>>(args, stream) : launch_center_gradient<T, 1>(args, stream);
  }
  if (args.rows == 0) return;
  bool const triplet = args.kind == DistanceLoss::triplet, center = args.kind == DistanceLoss::center;
  T *const db = center ? nullptr : args.db, *const dc = triplet ? args.dc : nullptr;
  RowConfig const config =
      choose(embedding_configs, args.columns, {sizeof(T), aligned(args.a, args.b, args.c, args.da, db, dc)});
  with_config<embedding_configs>(config, [&]<RowConfig chosen>() {
    launch<DistanceLossRows<T, chosen>>(dim3(row_blocks(chosen, args.rows)),
                                        {args.kind, args.rows, args.columns, args.centers, args.margin, args.dloss,
                                         args.a, args.b, args.c, args.labels, args.loss, args.da, db, dc},
                                        stream, "distance_loss");
  });
}

HEDDLE_INSTANTIATE(distance_loss, DistanceLossArgs);

}  // namespace heddle::HEDDLE_BACKEND
