// The reference: distances in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/loss/distance_loss.h"
#include "kernels/loss/distance_loss_check.h"

namespace heddle::cpu {
namespace {

template <class T>
double distance(T const* x, T const* y, i64 columns) {
  double sum = 0;
  for (i64 j = 0; j < columns; ++j) sum += std::pow(static_cast<double>(f32(x[j])) - f32(y[j]), 2);
  return std::sqrt(sum);
}

double inverse(double distance) { return distance == 0 ? 0 : 1 / distance; }

/// The loss of a row, and what the differences a - b and a - c are multiplied by in the gradients.
struct Row {
  double loss, from_b, from_c;
};

template <class T>
Row take(DistanceLossArgs<T> const& args, i64 row, T const* a, T const* b, T const* c) {
  double const ab = distance(a, b, args.columns), margin = args.margin;
  if (args.kind == DistanceLoss::center || (args.kind == DistanceLoss::contrastive && args.labels[row] == 1))
    return {ab * ab / 2, 1, 0};
  if (args.kind == DistanceLoss::contrastive) {
    double const inside = ab < margin ? margin - ab : ab >= margin ? 0 : ab;
    return {inside * inside / 2, -inside * inverse(ab), 0};
  }
  double const ac = distance(a, c, args.columns), inside = ab - ac + margin;
  if (inside <= 0) return {0, 0, 0};
  return {inside, inverse(ab), -inverse(ac)};
}

template <class T>
void sum_center_gradients(DistanceLossArgs<T> const& args) {
#pragma omp parallel for schedule(static)
  for (i64 center = 0; center < args.centers; ++center) {
    std::vector<double> sums(static_cast<std::size_t>(args.columns));
    i64 const begin = center * args.columns;
    for (i64 row = 0; row < args.rows; ++row)
      for (i64 j = 0; args.labels[row] == center && j < args.columns; ++j)
        sums[static_cast<std::size_t>(j)] +=
            static_cast<double>(f32(args.b[begin + j])) - f32(args.a[row * args.columns + j]);
    for (i64 j = 0; j < args.columns; ++j)
      args.db[begin + j] = T(static_cast<f32>(args.dloss * sums[static_cast<std::size_t>(j)]));
  }
}

template <class T>
void check_labels(DistanceLossArgs<T> const& args) {
  for (i64 row = 0; args.kind == DistanceLoss::center && row < args.rows; ++row)
    check(args.labels[row] >= 0 && args.labels[row] < args.centers,
          "[distance_loss] a label must lie in [0, centers): row=", row, ", label=", args.labels[row],
          ", centers=", args.centers);
}

}  // namespace

template <class T>
void distance_loss(DistanceLossArgs<T> const& args, Stream) {
  check_arguments(args);
  check_labels(args);
  if (args.kind == DistanceLoss::center && args.db != nullptr) sum_center_gradients(args);
  bool const triplet = args.kind == DistanceLoss::triplet, center = args.kind == DistanceLoss::center;
  T *const db = center ? nullptr : args.db, *const dc = triplet ? args.dc : nullptr;
#pragma omp parallel for schedule(static)
  for (i64 row = 0; row < args.rows; ++row) {
    i64 const begin = row * args.columns;
    i64 const begin_of_b = center ? args.labels[row] * args.columns : begin;
    T const *const a = args.a + begin, *const b = args.b + begin_of_b;
    T const* const c = triplet ? args.c + begin : a;
    auto const [loss, from_b, from_c] = take(args, row, a, b, c);
    args.loss[row] = static_cast<f32>(loss);
    for (i64 j = 0; j < args.columns; ++j) {
      double const of_b = args.dloss * from_b * (static_cast<double>(f32(a[j])) - f32(b[j]));
      double const of_c = args.dloss * from_c * (static_cast<double>(f32(a[j])) - f32(c[j]));
      if (args.da) args.da[begin + j] = T(static_cast<f32>(of_b + of_c));
      if (db) db[begin + j] = T(static_cast<f32>(-of_b));
      if (dc) dc[begin + j] = T(static_cast<f32>(-of_c));
    }
  }
}

HEDDLE_INSTANTIATE(distance_loss, DistanceLossArgs);

}  // namespace heddle::cpu
