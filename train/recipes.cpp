// Where recipes are found.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "train/command_line.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> recipe_folders() {
  std::vector<fs::path> folders;
  if (char const* const share = std::getenv("HEDDLE_SHARE")) folders.push_back(fs::path(share) / "recipes");
  std::error_code unreadable;
  fs::path const program = fs::read_symlink("/proc/self/exe", unreadable);
  if (!unreadable) folders.push_back(program.parent_path() / "../share/heddle/recipes");
  folders.push_back(HEDDLE_RECIPES);
  return folders;
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (fs::path const& folder : recipe_folders()) {
    std::error_code missing;
    for (auto const& entry : fs::directory_iterator(folder, missing))
      if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  auto const repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

}  // namespace

std::filesystem::path find_recipe(std::string const& name) {
  if (name.ends_with(".json") || name.find('/') != std::string::npos) return name;
  std::error_code unknown;
  for (fs::path const& folder : recipe_folders())
    if (fs::path const path = folder / (name + ".json"); fs::exists(path, unknown)) return path;
  throw UsageError(fmt::format("unknown recipe {}; there are {}", name, fmt::join(recipe_names(), ", ")));
}

}  // namespace heddle::train
