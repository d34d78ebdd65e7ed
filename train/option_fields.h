// The one declaration of each option. The command line, JSON files, config.json, --help and the checks of ranges are
// all made from it.
#pragma once

#include <limits>
#include <string_view>
#include <variant>
#include <vector>

#include "train/options.h"

namespace heddle::train {

/// The numbers that an option takes, ends included unless said otherwise.
struct Range {
  double low = 0, high = std::numeric_limits<double>::max();
  bool above_low = false, below_high = false;  // the end itself is left out
};

enum class OptionRole : u8 {
  mathematics,  // shapes the numbers: stands in config.json, and a resumed run must keep it
  conduct,      // where and how the run goes on
};

struct OptionField {
  using Member = std::variant<bool Options::*, i64 Options::*, double Options::*, std::string Options::*,
                              std::vector<double> Options::*>;
  std::string_view group;
  std::string_view name;  // the key in JSON, such as "batch_size"; the option is --batch-size
  Member member;
  std::string_view help;
  Range range = {};                            // of numbers
  std::vector<std::string_view> choices = {};  // of texts; empty: any
  OptionRole role = OptionRole::mathematics;
};

/// In the order of --help and config.json.
std::vector<OptionField> const& option_fields();
/// Null when there is none of that name.
OptionField const* find_option(std::string_view name);
/// The option whose name differs least from this one: what was probably meant.
OptionField const& nearest_option(std::string_view name);
/// "--batch-size" for "batch_size".
std::string flag(OptionField const& field);

}  // namespace heddle::train
