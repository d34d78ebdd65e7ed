// Launchers of the losses on distances: for CUDA, and for the emulator.
#include "kernels/loss/distance_loss.cuh"

#include "kernels/core/choice.h"
#include "kernels/loss/distance_loss_check.h"
#include "kernels/loss/loss_config.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void distance_loss(DistanceLossArgs<T> const& args, Stream stream) {
  check_arguments(args);
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
