// Kullback-Leibler divergence of softmax with a temperature. With e = exp(z - highest) of teacher (t) and student (s):
//   loss = temperature^2 * (sum(e_t * (z_t - highest_t - (z_s - highest_s))) / sum(e_t) + log(sum(e_s) / sum(e_t))),
//   dstudent = dloss * temperature * (e_s / sum(e_s) - e_t / sum(e_t)).
//
// Threads: a team takes a row of both, which it keeps in registers (RowExponentials, kernels/tile/exponentials.cuh);
// rows too long for that are read three times, the later two mostly from L2.
//
// Floor: both logits read once, dstudent written once. 8192 x 4096 in bf16: 201 MB, 47 us at the 4.3 TB/s that an H200
// copies. Not yet measured.
#pragma once

#include "kernels/tile/exponentials.cuh"
#include "kernels/tile/row_config.h"

namespace heddle::HEDDLE_BACKEND {

template <class T, RowConfig config>
struct KlDivergence {
  static constexpr int threads = config.threads();
  static constexpr int min_blocks = config.accesses * config.vector(sizeof(T)) > 16 ? 512 / threads : 0;
  static constexpr int team = config.threads_per_row;
  static constexpr int vector = config.vector(sizeof(T));

  struct Params {
    i64 rows, classes;
    f32 temperature, inverse_temperature;
    f32 dloss;
    T const* student;  // [rows, classes]
    T const* teacher;  // [rows, classes]
    f32* loss;         // [rows]
    T* dstudent;       // [rows, classes], or null
  };

  struct SharedStorage {
    SumStorage<team, 1> sum;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TeamColumns<team, vector, config.accesses> const columns{p.classes, static_cast<int>(threadIdx.x) % team};
    TeamSumAndMaximum<team> over_team(shared.sum);
    i64 const first_row = static_cast<i64>(blockIdx.x) * config.rows_per_block + threadIdx.x / team;
    for (i64 row = first_row; row < p.rows; row += static_cast<i64>(gridDim.x) * config.rows_per_block) {
      Logits const of_student{p.student + row * p.classes, p.inverse_temperature};
      Logits const of_teacher{p.teacher + row * p.classes, p.inverse_temperature};
      Row const student(columns, of_student, true, over_team), teacher(columns, of_teacher, true, over_team);

      f32 sum[1] = {0};
      columns.for_each([&](int i, i64 column) {
        f32 s[vector], t[vector];
        student.scores(i, column, s);
        teacher.scores(i, column, t);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          f32 const e = exponential(t[k]);
          sum[0] += e == 0 ? 0.0f : e * (t[k] - s[k]);
        }
      });
      over_team(sum);
      f32 const divergence = sum[0] / teacher.sum() + (logf(student.sum()) - logf(teacher.sum()));
      if (columns.thread == 0) p.loss[row] = p.temperature * p.temperature * divergence;
      if (!p.dstudent) continue;

      f32 const student_share = p.dloss * p.temperature / student.sum();
      f32 const teacher_share = p.dloss * p.temperature / teacher.sum();
      columns.for_each([&](int i, i64 column) {
        f32 s[vector], t[vector];
        student.exponentials(i, column, s);
        teacher.exponentials(i, column, t);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) s[k] = s[k] * student_share - t[k] * teacher_share;
        store_f32(p.dstudent + row * p.classes + column, s);
      });
    }
  }

 private:
  struct Logits {
    T const* x;
    f32 scale;

    HEDDLE_DEVICE void load(i64 column, f32 (&z)[vector]) const { load_f32(x + column, z); }
    HEDDLE_DEVICE void finish(i64, f32 (&z)[vector]) const {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) z[k] *= scale;
    }
  };
  using Row = RowExponentials<team, vector, config.accesses, Logits>;
};

}  // namespace heddle::HEDDLE_BACKEND
