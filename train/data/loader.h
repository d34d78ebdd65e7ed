// Batches of a set in a reproducible order.
#pragma once

#include "ops/image_batch.h"
#include "train/data/dataset.h"

namespace heddle::train {

struct LoaderOptions {
  i64 batch_size = 128;
  bool shuffle = true;
  bool drop_last = true;  // leave out a last batch that is not full
  AugmentOptions augment = {};
  u64 seed = 0;
  DType type = DType::f32;  // of the images
};

struct Batch {
  Tensor images;  // [n, h, w, c] of the loader's type, normalised
  Tensor labels;  // [n] i32
};

/// Batch i of epoch e is a pure function of (options, e, i): that is what makes a resumed run see the same data.
class Loader {
 public:
  /// Throws an Error when the batch size is below 1, or larger than the set while drop_last leaves nothing.
  Loader(ImageSet set, ops::Normalization normalization, LoaderOptions const& options);

  i64 image_count() const;
  i64 batches_per_epoch() const;
  Batch batch(i64 epoch, i64 index);

 private:
  ImageSet set_;
  ops::Normalization normalization_;
  LoaderOptions options_;
  i64 order_epoch_ = -1;
  std::vector<i64> order_;  // the permutation of order_epoch_
};

}  // namespace heddle::train
