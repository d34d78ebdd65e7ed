#include "train/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace heddle::train {
namespace {

/// Leaves out the "{false}" that CLI11 writes behind --no-nesterov and its like.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_name(CLI::Option const* option, bool is_positional) const override {
    std::string const name = CLI::Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));
  }
};

/// What --help calls the value.
std::string value_name(OptionField const& field) {
  if (!field.choices.empty()) return fmt::format("{}", fmt::join(field.choices, "|"));
  struct Name {
    char const* operator()(bool Options::*) const { return ""; }
    char const* operator()(i64 Options::*) const { return "N"; }
    char const* operator()(double Options::*) const { return "X"; }
    char const* operator()(std::string Options::*) const { return "NAME"; }
    char const* operator()(std::vector<double> Options::*) const { return "X,..."; }
  };
  return std::visit(Name{}, field.member);
}

void add_option(CLI::App& app, OptionField const& field, std::vector<NamedValue>& named) {
  std::string const name = flag(field), help(field.help);
  std::string const preset = option_text(get_option(Options{}, field));
  CLI::Option* option = nullptr;
  if (std::holds_alternative<bool Options::*>(field.member)) {
    auto const take = [&field, &named, name](std::int64_t count) { named.push_back({&field, Json(count > 0), name}); };
    option = app.add_flag_function(name + ",!--no" + name.substr(1), take, help + " (default: " + preset + ")");
    option->disable_flag_override();
  } else {
    auto const take = [&field, &named, name](std::string const& text) {
      named.push_back({&field, parse_option(field, text), name});
    };
    option = app.add_option_function<std::string>(name, take, help)->default_str(preset)->take_last();
    option->type_name(value_name(field));
  }
  option->group(std::string(field.group));
}

[[noreturn]] void fail_unknown(std::string const& argument) {
  check_usage(argument.starts_with("-"), "unexpected argument ", argument, "; every option starts with --");
  std::string name = argument.substr(
      argument.find_first_not_of('-') == std::string::npos ? argument.size() : argument.find_first_not_of('-'));
  name = name.substr(0, name.find('='));
  std::ranges::replace(name, '-', '_');
  throw UsageError("unknown option " + argument + "; did you mean " + flag(nearest_option(name)) +
                   "? --help lists all");
}

/// A value that is not there ("--epochs: 1 required ..."), or one behind a flag ("no-quiet was given ...").
[[noreturn]] void fail_value(std::string const& message) {
  std::string const name = message.substr(0, message.find_first_of(" :"));
  if (name.starts_with("--")) throw UsageError(name + " needs a value; see --help");
  std::string const word = name.starts_with("no-") ? name.substr(3) : name;
  throw UsageError(fmt::format("--{} takes no value: give --{} or --no-{}", name, word, word));
}

}  // namespace

CommandLine parse_command_line(int argc, char const* const* argv) {
  CLI::App app(
      "Trains an image classifier on CIFAR-10, Fashion-MNIST or generated images.\n"
      "Options may also stand in a JSON file, with the same names and _ for -: see --config.",
      "train_cifar10");
  app.allow_extras();
  app.formatter(std::make_shared<HelpFormatter>());
  app.get_formatter()->column_width(36);
  CommandLine line;
  app.add_option("--config", line.config, "options from a JSON file; they win over the recipe's")
      ->type_name("FILE")
      ->take_last()
      ->group("Recipe");
  for (OptionField const& field : option_fields()) add_option(app, field, line.named);
  try {
    app.parse(argc, argv);
  } catch (CLI::CallForHelp const&) {
    line.help = app.help();
    return line;
  } catch (CLI::ArgumentMismatch const& error) {
    fail_value(error.what());
  } catch (CLI::ParseError const& error) {
    throw UsageError(std::string(error.what()) + "; see --help");
  }
  if (!app.remaining().empty()) fail_unknown(app.remaining().front());
  check_usage(app.count("--config") == 0 || !line.config.empty(), "--config must not be empty");
  return line;
}

Options named_options(CommandLine const& line, Options base) {
  if (!line.config.empty()) set_options(base, read_options(line.config));
  set_options(base, line.named);
  return base;
}

Options resolve_options(CommandLine const& line, Options const& base) {
  Options const named = named_options(line, base);
  std::string const recipe = named.recipe.empty() && named.model.empty() ? "default-cpu" : named.recipe;
  if (recipe.empty()) return named;
  Options with_recipe = base;
  set_options(with_recipe, read_options(find_recipe(recipe)));
  with_recipe.recipe = recipe;
  return named_options(line, with_recipe);
}

void check_options(Options const& options) {
  check_usage(!options.model.empty(), "no --model is named, and the recipe ", options.recipe, " names none either");
  check_usage(!options.nesterov || options.momentum > 0, "--nesterov needs a --momentum above 0");
  check_usage(options.patience == 0 || options.validation_images > 0, "--patience ", options.patience,
              " needs --validation-images above 0 to judge by");
  check_usage(options.schedule != "exponential" || options.final_factor > 0,
              "--schedule exponential needs a --final-factor above 0");
}

}  // namespace heddle::train
