// train_cifar10: from a data set's files to trained weights, a run folder and a test accuracy.
#include <fmt/format.h>
#include <omp.h>

#include <iostream>

#include "nn/summary.h"
#include "nn/weights.h"
#include "ops/device.h"
#include "ops/tf32.h"
#include "train/assemble.h"
#include "train/interrupt.h"
#include "train/pictures.h"
#include "train/precision.h"
#include "train/progress.h"
#include "train/run_folder.h"
#include "train/run_plan.h"
#include "train/streams.h"

namespace heddle::train {
namespace {

/// Trains in a run folder until the end, --max-steps or an interrupt.
class Run {
 public:
  Run(Options const& options, DataSet const& data, Trainer& trainer)
      : options_(options),
        trainer_(trainer),
        folder_(options.run_dir, options.resume),
        config_(config_text(options)),
        fingerprint_(data_fingerprint(data)),
        progress_(trainer.total_steps(), options.epochs, options.batch_size * options.accumulation,
                  trainer.steps_done()) {
    if (!options.resume) write_checkpoint();
    saved_step_ = trainer.steps_done();
    folder_.write_config(config_);
    folder_.open_metrics(saved_step_);
  }

  void train(InterruptGuard const& interrupt) {
    while (!trainer_.finished() && !interrupt.requested() && !at_step_limit()) {
      StepReport const report = step();
      folder_.append(report.step);
      if (!options_.quiet) progress_.step(report.step);
      if (report.epoch) end_epoch(*report.epoch, report.timing);
      bool const due = options_.checkpoint_steps > 0 && report.step.step % options_.checkpoint_steps == 0;
      if (report.epoch || due) save();
    }
    if (saved_step_ != trainer_.steps_done()) save();
  }

  /// Prints a line, with --quiet none.
  void say(std::string const& line) {
    if (!options_.quiet) announce(line);
  }
  void announce(std::string const& line) { progress_.line(line); }

  RunFolder const& folder() const { return folder_; }

 private:
  bool at_step_limit() const { return options_.max_steps > 0 && trainer_.steps_done() >= options_.max_steps; }

  StepReport step() try { return trainer_.step(); } catch (Error const& error) {
    folder_.flush();
    fail_with_checkpoint(error);
  }

  [[noreturn]] void fail_with_checkpoint(Error const& error) {
    say("");
    fail(error.what(), "; last good checkpoint: ", folder_.checkpoint().string(), " of step ", saved_step_);
  }

  void end_epoch(EpochMetrics const& epoch, Timing const& timing) {
    folder_.append(epoch);
    folder_.append(timing);
    if (!options_.quiet) progress_.epoch(epoch, timing);
  }

  /// The metrics reach the disk before the checkpoint: what it holds they hold too, and a resumed run drops the rest.
  void save() try {
    folder_.flush();
    write_checkpoint();
    saved_step_ = trainer_.steps_done();
  } catch (Error const& error) {
    fail_with_checkpoint(error);
  }

  void write_checkpoint() const {
    Checkpoint checkpoint = trainer_.checkpoint();
    checkpoint.put("config", config_);
    checkpoint.put("data", fingerprint_);
    checkpoint.write(folder_.checkpoint());
  }

  Options const& options_;
  Trainer& trainer_;
  RunFolder folder_;
  std::string config_, fingerprint_;
  Progress progress_;
  i64 saved_step_ = -1;
};

void restore(Trainer& trainer, Checkpoint const& checkpoint, DataSet const& data) {
  check(checkpoint.text("data") == data_fingerprint(data),
        "[resume] the checkpoint is of other images: ", checkpoint.text("data"), " there; ", data_fingerprint(data),
        " here");
  trainer.restore(checkpoint);
}

std::string introduction(Options const& options, DataSet const& data, Trainer const& trainer) {
  std::string const from = trainer.steps_done() > 0 ? fmt::format(" from step {}", trainer.steps_done()) : "";
  return fmt::format("{} on {}: {} training, {} validation, {} test images; {} steps{}; {}", options.model, data.name,
                     data.train.images.size(0) - options.validation_images, options.validation_images,
                     data.test.images.size(0), trainer.total_steps(), from, options.run_dir);
}

/// The last word on the run: test figures, weights to keep, pictures.
void conclude(Options const& options, DataSet const& data, nn::Module& model, Trainer& trainer, Run& run) {
  trainer.use_best_weights();
  Loader test = assemble_test_loader(options, data);
  Evaluation const evaluation = evaluate(model, test);
  std::string const accuracy = fmt::format("{:.2f} %", 100 * evaluation.accuracy);
  nn::save_weights(model, run.folder().best_weights(),
                   {{"model", options.model},
                    {"dataset", data.name},
                    {"classes", fmt::format("{}", fmt::join(data.class_names, ","))},
                    {"mean", fmt::format("{}", fmt::join(data.mean, ","))},
                    {"deviation", fmt::format("{}", fmt::join(data.deviation, ","))},
                    {"test_accuracy", accuracy}});
  if (trainer.best_epoch() > 0) run.say(fmt::format("best weights: those of epoch {}", trainer.best_epoch()));
  run.say(fmt::format("weights, metrics and pictures: {}", options.run_dir));
  if (options.pictures) {
    std::string const missing = draw_pictures(run.folder().path(), data, evaluation.probabilities);
    if (!missing.empty()) run.say(missing);
  }
  print_result("test accuracy: " + accuracy + "\n");
}

int train(CommandLine const& line, std::string const& program) {
  RunPlan plan = plan_run(line);
  Options& options = plan.options;
  if (options.threads > 0) omp_set_num_threads(static_cast<int>(options.threads));
  require_available(device_from_name(options.device));
  ops::Tf32Products const tf32(precision_from_name(options.precision).tf32);
  DataSet const data = assemble_data(options);
  options.dataset = data.name;

  auto const model = assemble_model(options, data);
  Shape const images = data.train.images.shape();
  if (options.summary) print_result(to_text(nn::summarize(*model, {images[1], images[2], images[3]})) + "\n");
  Trainer trainer = assemble_trainer(options, data, model);
  if (plan.checkpoint) restore(trainer, *std::exchange(plan.checkpoint, std::nullopt), data);

  if (options.run_dir.empty()) options.run_dir = new_run_folder(options).string();
  Run run(options, data, trainer);
  run.say(introduction(options, data, trainer));
  InterruptGuard const interrupt;
  run.train(interrupt);
  if (interrupt.requested() || !trainer.finished())
    run.announce(fmt::format("stopped after step {} of {}; to go on:\n{}", trainer.steps_done(), trainer.total_steps(),
                             resume_command(program, line, options.run_dir)));
  if (interrupt.requested()) return InterruptGuard::exit_code;
  conclude(options, data, *model, trainer, run);
  return 0;
}

}  // namespace
}  // namespace heddle::train

int main(int argc, char** argv) try {
  heddle::train::secure_streams();
  heddle::train::CommandLine const line = heddle::train::parse_command_line(argc, argv);
  if (line.help.empty()) return heddle::train::train(line, argv[0]);
  heddle::train::print_result(line.help);
  return 0;
} catch (heddle::train::UsageError const& error) {
  std::cerr << "[train_cifar10] " << heddle::train::one_line(error.what()) << "\n";
  return 2;
} catch (std::exception const& error) {
  std::cerr << heddle::train::one_line(error.what()) << "\n";
  return 1;
}
