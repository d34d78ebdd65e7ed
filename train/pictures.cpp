#include "train/pictures.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>

#include "kernels/core/error.h"
#include "nn/safetensors.h"
#include "train/process.h"

namespace heddle::train {
namespace {

namespace fs = std::filesystem;

constexpr i64 sample_count = 24;
constexpr char const* script_name = "draw_run.py";
constexpr char const* python = "/usr/bin/python3";  // Debian's, which sees Debian's matplotlib

/// $HEDDLE_SHARE, the source tree, or share/heddle beside the executable's folder; "" where none has the script.
fs::path find_script() {
  std::vector<fs::path> folders;
  if (char const* const named = std::getenv("HEDDLE_SHARE"); named != nullptr) folders.emplace_back(named);
  folders.emplace_back(HEDDLE_SCRIPTS);
  std::error_code error;
  fs::path const program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share" / "heddle");
  for (fs::path const& folder : folders)
    if (fs::exists(folder / script_name, error)) return folder / script_name;
  return {};
}

/// What the script draws from; gone at the end of the scope.
struct TemporaryFile {
  fs::path path;

  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

void write_predictions(fs::path const& path, DataSet const& data, Tensor const& probabilities) {
  i64 const samples = std::min(sample_count, data.test.images.size(0));
  nn::write_safetensors(
      path,
      {{{"images", data.test.images.rows(0, samples)}, {"labels", data.test.labels}, {"probabilities", probabilities}},
       {{"dataset", data.name}, {"classes", nlohmann::json(data.class_names).dump()}}});
}

}  // namespace

std::string draw_pictures(fs::path const& run_folder, DataSet const& data, Tensor const& probabilities) {
  i64 const classes = static_cast<i64>(data.class_names.size());
  check(probabilities.shape() == Shape{data.test.images.size(0), classes}, "[pictures] probabilities must be ",
        Shape{data.test.images.size(0), classes}, ", they are ", probabilities.shape());
  fs::path const script = find_script();
  if (script.empty())
    return std::string("no pictures: ") + script_name + " was not found; set HEDDLE_SHARE to its folder";

  TemporaryFile const predictions = {run_folder / "predictions.tmp"};
  try {
    write_predictions(predictions.path, data, probabilities);
  } catch (Error const& error) {  // a full disk, say: no reason to lose the end of a run
    return std::string("no pictures: ") + error.what();
  }
  ProcessResult const drawn =
      run_process({python, script.native(), run_folder.native(), "--predictions", predictions.path.native()});
  if (drawn.succeeded()) return {};
  std::string const reason =
      drawn.exit_code == 127 ? std::string(python) + " is not there; install python3-matplotlib" : drawn.last_line();
  return "no pictures: " + reason;
}

}  // namespace heddle::train
