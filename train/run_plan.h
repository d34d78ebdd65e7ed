// What a command line asks for: a new run, or the rest of an interrupted one.
#pragma once

#include <filesystem>
#include <optional>

#include "train/checkpoint.h"
#include "train/command_line.h"

namespace heddle::train {

struct RunPlan {
  Options options;
  std::optional<Checkpoint> checkpoint;  // of the run to go on with
};

/// With --resume, options that are not named are those of the checkpoint. Throws a UsageError when a named one that
/// shapes the numbers differs from it, and an Error for a checkpoint that cannot be read or is not of the run in its
/// folder.
RunPlan plan_run(CommandLine const& line);

/// Makes runs/<recipe or model>-<dataset>-<n>, with the first n from 1 that is free: two runs that start at the same
/// time get one each.
std::filesystem::path new_run_folder(Options const& options);

/// The command line that goes on with the run in `folder` to its end: this one's file of options and those that shape
/// no numbers.
std::string resume_command(std::string const& program, CommandLine const& line, std::filesystem::path const& folder);

}  // namespace heddle::train
