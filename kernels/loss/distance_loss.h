// Losses on distances between rows (embeddings): value and gradients in one pass.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// Of rows a, b and c:
///   center       |a - b|^2 / 2, where b is the row `label` of the centers  (Wen et al. 2016)
///   contrastive  D^2 / 2 for label 1, else max(0, margin - D)^2 / 2, with D = |a - b|  (Hadsell, Chopra, LeCun 2006)
///   triplet      max(0, |a - b| - |a - c| + margin), for anchor a, positive b, negative c  (Schroff et al. 2015)
enum class DistanceLoss : u8 { center, contrastive, triplet };

/// Per row. A distance of 0 has gradient 0. For center, labels outside [0, centers) are an Error on the CPU, which
/// names row and value; a kernel cannot throw, and gives that row the loss NaN and the gradient NaN, and no center its
/// share. The gradient of a center is the sum over its rows, 0 for none.
template <class T>
struct DistanceLossArgs {
  DistanceLoss kind = DistanceLoss::triplet;
  i64 rows = 0, columns = 0;
  i64 centers = 0;
  f32 margin = 1;
  f32 dloss = 1;                // the gradient of each loss
  T const* a = nullptr;         // [rows, columns]
  T const* b = nullptr;         // [rows, columns]; [centers, columns] for center
  T const* c = nullptr;         // [rows, columns] for triplet
  i32 const* labels = nullptr;  // [rows] but for triplet
  f32* loss = nullptr;          // [rows]
  T* da = nullptr;              // [rows, columns], or null
  T* db = nullptr;              // of the shape of b, or null
  T* dc = nullptr;              // [rows, columns], or null; for triplet

  static void tensors(auto& args, auto&& tensor) {
    TensorUse const optional = {.optional = true};
    bool const center = args.kind == DistanceLoss::center, triplet = args.kind == DistanceLoss::triplet;
    i64 const elements = args.rows * args.columns, elements_of_b = center ? args.centers * args.columns : elements;
    tensor("a", args.a, elements);
    tensor("b", args.b, elements_of_b);
    tensor("c", args.c, triplet ? elements : 0);
    tensor("labels", args.labels, triplet ? 0 : args.rows);
    tensor("loss", args.loss, args.rows);
    tensor("da", args.da, elements, optional);
    tensor("db", args.db, elements_of_b, optional);
    tensor("dc", args.dc, triplet ? elements : 0, optional);
  }
  /// Per element: 3 for each distance, 2 for each gradient.
  double flops() const {
    double const each = kind == DistanceLoss::center ? 4 : kind == DistanceLoss::contrastive ? 6 : 13;
    return each * static_cast<double>(rows) * static_cast<double>(columns);
  }
};

HEDDLE_OPERATION(distance_loss, DistanceLossArgs);

}  // namespace heddle
