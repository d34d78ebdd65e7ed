// The value of an option as JSON, the form in which all of its sources hand it over.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "train/option_fields.h"

namespace heddle::train {

using Json = nlohmann::ordered_json;

/// A value that somebody named, and how: "--batch-size", or "run.json: batch_size".
struct NamedValue {
  OptionField const* field = nullptr;
  Json value;
  std::string spelled;
};

Json get_option(Options const& options, OptionField const& field);
/// Throws a UsageError when the value has not the field's type, range or choices.
void set_option(Options& options, NamedValue const& named);
void set_options(Options& options, std::vector<NamedValue> const& named);

/// The value as a text of the command line means it; throws a UsageError when it means none.
Json parse_option(OptionField const& field, std::string const& text);
/// The value as a person would type it.
std::string option_text(Json const& value);

/// The values of a JSON object. Throws a UsageError that names `source` and the fault: no JSON, an unknown key.
std::vector<NamedValue> parse_options(std::string const& json, std::string const& source);
std::vector<NamedValue> read_options(std::filesystem::path const& path);

/// config.json: the options that shape the numbers, so that runs that must end alike have the same one.
std::string config_text(Options const& options);

}  // namespace heddle::train
