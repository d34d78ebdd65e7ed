#include "train/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

constexpr char const* runs_folder = "runs";

fs::path newest_run() {
  fs::path newest;
  fs::file_time_type newest_time = fs::file_time_type::min();
  std::error_code missing;
  for (auto const& entry : fs::directory_iterator(runs_folder, missing)) {
    fs::file_time_type const time = fs::last_write_time(entry.path() / "last.ckpt", missing);
    if (missing || time < newest_time) continue;
    newest = entry.path();
    newest_time = time;
  }
  check_usage(!newest.empty(), "--resume found no run in ", runs_folder, "/: name one with --run-dir");
  return newest;
}

/// A fault in a file that a run left is no fault of the command line.
template <class Read>
Options saved_options(Read const& read) try {
  Options options;
  set_options(options, read());
  return options;
} catch (UsageError const& error) {
  fail("[resume] ", error.what());
}

/// The first option in which the mathematics of the two differ, or null.
OptionField const* first_difference(Options const& a, Options const& b) {
  for (OptionField const& field : option_fields())
    if (field.role == OptionRole::mathematics && get_option(a, field) != get_option(b, field)) return &field;
  return nullptr;
}

/// A last.ckpt that was put beside the config.json of another run.
void check_folder(fs::path const& folder, Options const& saved) {
  fs::path const path = folder / "config.json";
  std::error_code unknown;
  if (!fs::exists(path, unknown) && !unknown) return;
  Options const config = saved_options([&] { return read_options(path); });
  if (OptionField const* const field = first_difference(saved, config))
    fail("[resume] ", (folder / "last.ckpt").string(), " is of another run than config.json beside it: ", field->name,
         " is ", option_text(get_option(saved, *field)), " there, ", option_text(get_option(config, *field)), " here");
}

std::string shell_quoted(std::string const& text) {
  constexpr char const* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (char const c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

RunPlan plan_run(CommandLine const& line) {
  Options const named = named_options(line);
  if (!named.resume) {
    Options const options = resolve_options(line);
    check_options(options);
    return {options, {}};
  }
  fs::path const folder = named.run_dir.empty() ? newest_run() : fs::path(named.run_dir);
  fs::path const path = folder / "last.ckpt";
  std::error_code unknown;  // such as a folder without permission: reading says which
  check(fs::exists(path, unknown) || unknown, "[resume] there is no checkpoint ", path.string(),
        ": start the run without --resume");
  Checkpoint checkpoint = Checkpoint::read(path);
  Options const saved = saved_options([&] { return parse_options(checkpoint.text("config"), path.string()); });
  check_folder(folder, saved);

  Options options = resolve_options(line, saved);
  check_options(options);
  if (OptionField const* const field = first_difference(saved, options))
    check_usage(false, "--resume keeps to the options of ", path.string(), ": ", field->name, " is ",
                option_text(get_option(saved, *field)), " there, but ", option_text(get_option(options, *field)),
                " was asked for");
  options.run_dir = folder.string();
  return {options, std::move(checkpoint)};
}

std::filesystem::path new_run_folder(Options const& options) {
  std::string const name = options.recipe.empty() ? options.model : fs::path(options.recipe).stem().string();
  for (i64 n = 1;; ++n) {
    fs::path const folder = fs::path(runs_folder) / fmt::format("{}-{}-{}", name, options.dataset, n);
    std::error_code error;
    fs::create_directories(runs_folder, error);
    if (!error && fs::create_directory(folder, error)) return folder;
    check(!error, "[run] cannot make the folder ", folder.string(), ": ", error.message());
  }
}

std::string resume_command(std::string const& program, CommandLine const& line, std::filesystem::path const& folder) {
  std::string command = shell_quoted(program) + " --resume --run-dir " + shell_quoted(folder.string());
  if (!line.config.empty()) command += " --config " + shell_quoted(line.config);
  Options const configured = named_options({.help = {}, .config = line.config, .named = {}});
  if (configured.max_steps > 0) command += " --max-steps 0";
  for (NamedValue const& named : line.named) {
    std::string_view const name = named.field->name;
    constexpr std::array<std::string_view, 5> left_out = {"recipe", "run_dir", "resume", "max_steps", "summary"};
    if (named.field->role != OptionRole::conduct || std::ranges::count(left_out, name) > 0) continue;
    if (named.value.is_boolean())
      command += (named.value.get<bool>() ? " --" : " --no-") + flag(*named.field).substr(2);
    else
      command += " " + flag(*named.field) + " " + shell_quoted(option_text(named.value));
  }
  return command;
}

}  // namespace heddle::train
