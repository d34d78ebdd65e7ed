// Batches of a set in a reproducible order.
#pragma once

#include "ops/image_batch.h"
#include "ops/mix_batch.h"
#include "train/data/dataset.h"

namespace heddle::train {

struct LoaderOptions {
  i64 batch_size = 128;
  bool shuffle = true;
  bool drop_last = true;  // leave out a last batch that is not full
  AugmentOptions augment = {};
  MixOptions mix = {};
  i64 classes = 0;  // of the labels; only mixing needs it
  u64 seed = 0;
  DType type = DType::f32;  // of the images
};

struct Batch {
  Tensor images;        // [n, h, w, c] of the loader's type, normalised
  Tensor labels;        // [n] i32
  Tensor targets = {};  // [n, classes] f32: where batches are mixed
};

/// Images stay where the set is, in bytes, and are augmented there. Batch i of epoch e is a pure function of (options,
/// e, i): that is what makes a resumed run see the same data.
class Loader {
 public:
  /// Throws an Error when the batch size is below 1, when mixing lacks the number of classes, or larger than the set
  /// while drop_last leaves nothing.
  Loader(ImageSet set, ops::Normalization normalization, LoaderOptions const& options);

  i64 image_count() const;
  i64 batch_size() const { return options_.batch_size; }
  i64 batches_per_epoch() const;
  /// On the device of the set. Only the first of an epoch copies anything there: the epoch's order.
  Batch batch(i64 epoch, i64 index) { return batch(epoch, index, options_.batch_size); }
  /// Of it, the first images alone, at most `images`.
  Batch batch(i64 epoch, i64 index, i64 images);

 private:
  void set_epoch(i64 epoch);

  ImageSet set_;
  ops::Normalization normalization_;
  LoaderOptions options_;
  Tensor grey_;  // [count] f32: the mean grey of each image, where contrast needs it
  std::vector<i32> host_labels_;
  i64 order_epoch_ = -1;
  Tensor order_;   // [count] i64: the permutation of order_epoch_
  Tensor labels_;  // [count] i32: those of the images in that order
};

}  // namespace heddle::train
