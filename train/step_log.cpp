#include "train/step_log.h"

#include <cstring>

#include "kernels/core/error.h"

namespace heddle::train {
namespace {

Tensor row_of(Tensor const& tensor, i64 row) { return tensor.rows(row, row + 1).view({tensor.size(1)}); }

}  // namespace

StepLog::StepLog(i64 capacity, Device device)
    : figures_(Tensor::zeros({capacity, sizeof(StepFigures)}, DType::u8, device)),
      numbers_(Tensor::zeros({capacity, sizeof(StepState)}, DType::u8, device)) {}

void StepLog::add(Tensor const& loss, Tensor const& logits, Tensor const& labels, Tensor const& state) {
  check(!full(), "[step_log] there is room for ", steps_, " steps: read them first");
  ops::add_step_figures(row_of(figures_, steps_), loss, logits, labels, state);
}

void StepLog::end_step(Tensor const& state) {
  check(!full(), "[step_log] there is room for ", steps_, " steps: read them first");
  row_of(numbers_, steps_).copy_from(state);
  ++steps_;
}

std::vector<StepLog::Entry> StepLog::read() {
  std::vector<Entry> entries(static_cast<std::size_t>(steps_));
  auto const figures = figures_.rows(0, steps_).to_vector<u8>(), numbers = numbers_.rows(0, steps_).to_vector<u8>();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::memcpy(&entries[i].figures, figures.data() + i * sizeof(StepFigures), sizeof(StepFigures));
    std::memcpy(&entries[i].numbers, numbers.data() + i * sizeof(StepState), sizeof(StepState));
  }
  figures_.fill_zero();
  steps_ = 0;
  return entries;
}

}  // namespace heddle::train
