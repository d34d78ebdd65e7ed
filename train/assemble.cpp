#include "train/assemble.h"

#include <fmt/format.h>

#include <algorithm>

#include "nn/models/registry.h"
#include "ops/allocator.h"
#include "train/precision.h"

namespace heddle::train {
namespace {

constexpr i64 evaluation_batch = 250;

ImageSet rows(ImageSet const& set, i64 begin, i64 end) {
  return {set.images.rows(begin, end), set.labels.rows(begin, end)};
}

ImageSet first_images(ImageSet const& set, i64 count, char const* option) {
  i64 const available = set.images.size(0);
  check_usage(count <= available, option, " must be at most ", available, ", the images there are: ", count);
  return count == 0 ? set : rows(set, 0, count);
}

ImageSet on_device(ImageSet const& set, Options const& options) {
  MemoryScope const scope(MemoryUse::data);
  Device const device = device_from_name(options.device);
  return {set.images.to(device), set.labels.to(device)};
}

ops::Normalization normalization(Options const& options, DataSet const& data) {
  Device const device = device_from_name(options.device);
  Shape const channels = {static_cast<i64>(data.mean.size())};
  return {Tensor::from(data.mean, channels, device), Tensor::from(data.deviation, channels, device)};
}

Loader evaluation_loader(Options const& options, DataSet const& data, ImageSet const& set) {
  return Loader(on_device(set, options), normalization(options, data),
                {.batch_size = evaluation_batch,
                 .shuffle = false,
                 .drop_last = false,
                 .type = precision_from_name(options.precision).type});
}

Flip flip_from_name(std::string const& name) {
  if (name == "random") return Flip::random;
  if (name == "alternating") return Flip::alternating;
  return Flip::none;
}

AugmentOptions augmentation(Options const& options) {
  return {.crop_padding = options.crop_padding,
          .flip = flip_from_name(options.flip),
          .cutout = options.cutout,
          .colour = {.brightness = static_cast<f32>(options.brightness),
                     .contrast = static_cast<f32>(options.contrast),
                     .saturation = static_cast<f32>(options.saturation),
                     .hue = static_cast<f32>(options.hue)},
          .affine = {.rotation = static_cast<f32>(options.rotation),
                     .shear = static_cast<f32>(options.shear),
                     .scale = static_cast<f32>(options.scale)}};
}

/// Reading waits for a device, but costs nothing on the cpu.
i64 log_interval(Options const& options) {
  if (options.log_every > 0) return options.log_every;
  return options.device == "cpu" ? 1 : 50;
}

TrainerOptions trainer_options(Options const& options) {
  return {
      .epochs = options.epochs,
      .accumulation = options.accumulation,
      .label_smoothing = options.label_smoothing,
      .clip_norm = options.clip_norm,
      .ema_decay = options.ema_decay,
      .patience = options.patience,
      .log_every = log_interval(options),
      .loss_scale = precision_from_name(options.precision).loss_scale,
      .optimizer = {.rule = options.optimizer == "adamw" ? OptimizerOptions::Rule::adamw : OptimizerOptions::Rule::sgd,
                    .weight_decay = options.weight_decay,
                    .decay_weights_only = options.decay_weights_only,
                    .momentum = options.momentum,
                    .nesterov = options.nesterov,
                    .beta1 = options.beta1,
                    .beta2 = options.beta2,
                    .epsilon = options.epsilon},
      .schedule = {.kind = schedule_from_name(options.schedule),
                   .learning_rate = options.learning_rate,
                   .warmup_steps = options.warmup_steps,
                   .milestones = options.milestones,
                   .step_factor = options.step_factor,
                   .final_factor = options.final_factor,
                   .start_factor = options.start_factor,
                   .peak_at = options.peak_at}};
}

}  // namespace

DataSet assemble_data(Options const& options) {
  MemoryScope const scope(MemoryUse::data);
  DataSet data = load_dataset({.dataset = options.dataset, .data_dir = options.data_dir});
  data.train = first_images(data.train, options.train_images, "--train-images");
  data.test = first_images(data.test, options.test_images, "--test-images");
  return data;
}

std::string data_fingerprint(DataSet const& data) {
  return fmt::format("{}: {} training, {} test images, mean {}, deviation {}", data.name, data.train.images.size(0),
                     data.test.images.size(0), fmt::join(data.mean, " "), fmt::join(data.deviation, " "));
}

std::shared_ptr<nn::Module> assemble_model(Options const& options, DataSet const& data) {
  MemoryScope const scope(MemoryUse::weights);
  Tensor const& images = data.train.images;
  Generator generator = {.seed = static_cast<u64>(options.seed)};
  auto model = nn::make_model(options.model, {.h = images.size(1), .w = images.size(2), .c = images.size(3)},
                              static_cast<i64>(data.class_names.size()), generator);
  model->to(device_from_name(options.device));
  model->compute_in(precision_from_name(options.precision).type);
  return model;
}

Trainer assemble_trainer(Options const& options, DataSet const& data, std::shared_ptr<nn::Module> model) {
  i64 const images = data.train.images.size(0), held_out = options.validation_images;
  i64 const side = std::min(data.train.images.size(1), data.train.images.size(2));
  check_usage(options.crop_padding < side, "--crop-padding must be below ", side,
              ", the side of the images: ", options.crop_padding);
  check_usage(held_out < images, "--validation-images must leave some of the ", images, " to train on: ", held_out);
  i64 const left = images - held_out;
  check_usage(options.batch_size <= left / options.accumulation,
              "--batch-size times --accumulation must be at most the ", left, " training images: ", options.batch_size,
              " * ", options.accumulation);
  Loader train(on_device(rows(data.train, 0, left), options), normalization(options, data),
               {.batch_size = options.batch_size,
                .augment = augmentation(options),
                .mix = {.mixup = static_cast<f32>(options.mixup),
                        .cutmix = static_cast<f32>(options.cutmix),
                        .probability = static_cast<f32>(options.mix_probability)},
                .classes = static_cast<i64>(data.class_names.size()),
                .seed = static_cast<u64>(options.seed),
                .type = precision_from_name(options.precision).type});
  std::optional<Loader> validation;
  if (held_out > 0) validation = evaluation_loader(options, data, rows(data.train, left, images));
  return Trainer(std::move(model), std::move(train), std::move(validation), trainer_options(options));
}

Loader assemble_test_loader(Options const& options, DataSet const& data) {
  return evaluation_loader(options, data, data.test);
}

}  // namespace heddle::train
