// From argv and files of options to Options.
#pragma once

#include "train/option_values.h"

namespace heddle::train {

struct CommandLine {
  std::string help;    // not empty: the user asked for it, and nothing else is read
  std::string config;  // --config: a JSON file of options, or ""
  std::vector<NamedValue> named;
};

/// Throws a UsageError for an unknown option, one without its value, or a value of another type.
CommandLine parse_command_line(int argc, char const* const* argv);

/// `base` with what the file of --config and then the command line say, the command line winning.
Options named_options(CommandLine const& line, Options base = {});

/// The options of a run: `base`, then the recipe, then as in named_options. The recipe is the one named there, or
/// default-cpu when neither there nor in `base` a model is named.
Options resolve_options(CommandLine const& line, Options const& base = {});

/// Throws a UsageError that names both options when two of them do not go together.
void check_options(Options const& options);

/// The file of a recipe: a path as it stands, otherwise NAME.json in $HEDDLE_SHARE/recipes, in ../share/heddle/recipes
/// seen from the program, or in the source tree. Throws a UsageError that lists the recipes there are.
std::filesystem::path find_recipe(std::string const& name);

}  // namespace heddle::train
