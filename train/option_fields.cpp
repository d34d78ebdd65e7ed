#include "train/option_fields.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "nn/models/registry.h"

namespace heddle::train {
namespace {

constexpr Range at_least(double low) { return {.low = low}; }
constexpr Range above(double low) { return {.low = low, .above_low = true}; }
constexpr Range from_to(double low, double high) { return {.low = low, .high = high}; }
constexpr Range from_to_below(double low, double high) { return {.low = low, .high = high, .below_high = true}; }

using Choices = std::vector<std::string_view>;

OptionField number(std::string_view group, std::string_view name, OptionField::Member member, Range range,
                   std::string_view help) {
  return {.group = group, .name = name, .member = member, .help = help, .range = range};
}
OptionField choice(std::string_view group, std::string_view name, OptionField::Member member, Choices choices,
                   std::string_view help) {
  return {.group = group, .name = name, .member = member, .help = help, .choices = std::move(choices)};
}
OptionField text(std::string_view group, std::string_view name, OptionField::Member member, std::string_view help) {
  return {.group = group, .name = name, .member = member, .help = help};
}
OptionField toggle(std::string_view group, std::string_view name, OptionField::Member member, std::string_view help) {
  return {.group = group, .name = name, .member = member, .help = help};
}
OptionField conduct(OptionField field) {
  field.role = OptionRole::conduct;
  return field;
}

Choices model_choices() {
  static std::vector<std::string> const names = nn::model_names();
  return {names.begin(), names.end()};
}

std::vector<OptionField> make_fields() {
  using O = Options;
  return {
      conduct(text("Recipe", "recipe", &O::recipe,
                   "options from a recipe, by its name or path; default-cpu when no model is named either")),

      choice("Data", "dataset", &O::dataset, {"cifar10", "fashion-mnist", "synthetic"},
             "the images; when not named, the first of these that can be had"),
      conduct(text("Data", "data_dir", &O::data_dir, "the folder of the data set's files")),
      number("Data", "train_images", &O::train_images, at_least(0), "use only so many of the training images; 0: all"),
      number("Data", "validation_images", &O::validation_images, at_least(0),
             "held out from the training images to choose the best weights; 0: the last are the best"),
      number("Data", "test_images", &O::test_images, at_least(0), "use only so many of the test images; 0: all"),
      number("Data", "crop_padding", &O::crop_padding, at_least(0),
             "random crop of the image reflected at its border by so many pixels; 0: none"),
      choice("Data", "flip", &O::flip, {"none", "random", "alternating"},
             "mirror images: by chance, or each in every other epoch"),
      number("Data", "cutout", &O::cutout, at_least(0), "side of a square blanked anywhere in the image; 0: none"),

      choice("Training", "model", &O::model, model_choices(), "the network"),
      number("Training", "epochs", &O::epochs, at_least(1), "passes over the training images"),
      number("Training", "batch_size", &O::batch_size, at_least(1), "images of a forward and backward pass"),
      number("Training", "accumulation", &O::accumulation, at_least(1), "batches whose gradients make one step"),
      number("Training", "seed", &O::seed, at_least(0), "of initial weights, data order and augmentation"),
      number("Training", "label_smoothing", &O::label_smoothing, from_to_below(0, 1),
             "share of the target spread over all classes"),
      number("Training", "clip_norm", &O::clip_norm, at_least(0),
             "largest norm of all gradients together; longer ones are scaled down; 0: any"),
      number("Training", "ema_decay", &O::ema_decay, from_to_below(0, 1),
             "decay per step of the weights' moving average, which is what is evaluated; 0: no average"),
      number("Training", "patience", &O::patience, at_least(0),
             "stop after so many epochs without better validation; 0: never"),

      choice("Optimizer", "optimizer", &O::optimizer, {"sgd", "adamw"}, "the rule of the update"),
      number("Optimizer", "learning_rate", &O::learning_rate, above(0), "at the schedule's peak"),
      number("Optimizer", "weight_decay", &O::weight_decay, at_least(0),
             "share of the weights added to the gradient (sgd) or taken off the weights (adamw)"),
      toggle("Optimizer", "decay_weights_only", &O::decay_weights_only, "no decay of biases and norms"),
      number("Optimizer", "momentum", &O::momentum, from_to_below(0, 1), "of sgd"),
      toggle("Optimizer", "nesterov", &O::nesterov, "Nesterov's form of sgd's momentum"),
      number("Optimizer", "beta1", &O::beta1, from_to_below(0, 1), "of adamw: decay of the mean gradient"),
      number("Optimizer", "beta2", &O::beta2, from_to_below(0, 1), "of adamw: decay of the mean squared gradient"),
      number("Optimizer", "epsilon", &O::epsilon, above(0), "of adamw: added to the denominator"),

      choice("Schedule", "schedule", &O::schedule, {"constant", "step", "exponential", "cosine", "one-cycle"},
             "the learning rate's course over the run"),
      number("Schedule", "warmup_steps", &O::warmup_steps, at_least(0), "linear rise before the schedule starts"),
      number("Schedule", "milestones", &O::milestones, from_to(0, 1),
             "of step: shares of the run at which the rate drops, such as 0.5,0.75"),
      number("Schedule", "step_factor", &O::step_factor, above(0), "of step: what the rate is multiplied by there"),
      number("Schedule", "final_factor", &O::final_factor, from_to(0, 1),
             "of exponential, cosine, one-cycle: the rate's end as a share of its peak"),
      number("Schedule", "start_factor", &O::start_factor, from_to(0, 1),
             "of one-cycle: the rate's start as a share of its peak"),
      number("Schedule", "peak_at", &O::peak_at, from_to(0, 1), "of one-cycle: share of the run before the peak"),

      choice("Machine", "device", &O::device, {"cpu", "cuda", "emulated"}, "where the network runs"),
      choice("Machine", "precision", &O::precision, {"f32", "tf32", "bf16", "f16"},
             "format of products, activations and their gradients; weights and norms are kept in f32"),
      conduct(number("Machine", "threads", &O::threads, from_to(0, 1024), "threads of the cpu; 0: one a core")),

      conduct(text("Run", "run_dir", &O::run_dir, "the run's folder; a new one in runs/ when not named")),
      conduct(toggle("Run", "resume", &O::resume, "go on from last.ckpt of --run-dir, or of the newest run in runs/")),
      conduct(number("Run", "max_steps", &O::max_steps, at_least(0),
                     "stop early, after so many steps of the run; the schedule stays that of all epochs; 0: never")),
      conduct(number("Run", "checkpoint_steps", &O::checkpoint_steps, at_least(0),
                     "write last.ckpt every so many steps too; 0: at the end of each epoch")),
      conduct(toggle("Run", "pictures", &O::pictures, "draw curves, predictions and confusion matrix at the end")),
      conduct(toggle("Run", "summary", &O::summary, "print the model's layers before training")),
      conduct(toggle("Run", "quiet", &O::quiet, "print the test accuracy alone")),
  };
}

/// Levenshtein's distance: the least number of letters to insert, delete or replace.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t const replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::vector<OptionField> const& option_fields() {
  static std::vector<OptionField> const fields = make_fields();
  return fields;
}

OptionField const* find_option(std::string_view name) {
  auto const found = std::ranges::find(option_fields(), name, &OptionField::name);
  return found == option_fields().end() ? nullptr : &*found;
}

OptionField const& nearest_option(std::string_view name) {
  return *std::ranges::min_element(option_fields(), {},
                                   [&](OptionField const& field) { return edit_distance(field.name, name); });
}

std::string flag(OptionField const& field) {
  std::string text = "--" + std::string(field.name);
  std::ranges::replace(text, '_', '-');
  return text;
}

}  // namespace heddle::train
