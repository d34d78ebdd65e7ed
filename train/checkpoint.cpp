#include "train/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "kernels/core/error.h"

namespace heddle::train {
namespace {

constexpr char const* format_name = "heddle-checkpoint";
constexpr char const* format_version = "1";

template <class T>
T parse(std::string const& source, std::string const& name, std::string const& text) {
  T value = {};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc{} && end == text.data() + text.size();
  check(whole && std::isfinite(static_cast<double>(value)), "[checkpoint] ", source, ": ", name,
        " is not a finite number: ", text);
  return value;
}

}  // namespace

Checkpoint::Checkpoint() : source_("this checkpoint") {
  file_.metadata = {{"format", format_name}, {"format_version", format_version}};
}

Checkpoint Checkpoint::read(std::filesystem::path const& path) {
  Checkpoint checkpoint;
  checkpoint.source_ = path.string();
  checkpoint.file_ = nn::read_safetensors(path);
  auto const& metadata = checkpoint.file_.metadata;
  auto const format = metadata.find("format");
  check(format != metadata.end() && format->second == format_name, "[checkpoint] ", checkpoint.source_,
        " is no checkpoint of a training run");
  check(checkpoint.text("format_version") == format_version, "[checkpoint] ", checkpoint.source_,
        " has format version ", checkpoint.text("format_version"), ", this program reads version ", format_version);
  return checkpoint;
}

void Checkpoint::write(std::filesystem::path const& path) const { nn::write_safetensors(path, file_); }

void Checkpoint::put(std::string const& name, i64 value) { file_.metadata[name] = fmt::format("{}", value); }
void Checkpoint::put(std::string const& name, double value) { file_.metadata[name] = fmt::format("{}", value); }
void Checkpoint::put(std::string const& name, std::string const& value) { file_.metadata[name] = value; }
void Checkpoint::put(std::string const& prefix, std::vector<nn::NamedTensor> const& tensors) {
  for (auto const& [name, tensor] : tensors) file_.tensors.push_back({prefix + name, tensor});
}
void Checkpoint::put(std::string const& prefix, std::vector<nn::NamedGenerator> const& generators) {
  for (auto const& [name, generator] : generators) {
    put(prefix + name + ".seed", static_cast<i64>(generator->seed));
    put(prefix + name + ".next_stream", static_cast<i64>(generator->next_stream));
  }
}

i64 Checkpoint::integer(std::string const& name) const { return parse<i64>(source_, name, text(name)); }
double Checkpoint::number(std::string const& name) const { return parse<double>(source_, name, text(name)); }

std::string const& Checkpoint::text(std::string const& name) const {
  auto const found = file_.metadata.find(name);
  check(found != file_.metadata.end(), "[checkpoint] ", source_, " lacks the value ", name);
  return found->second;
}

void Checkpoint::get(std::string const& prefix, std::vector<nn::NamedTensor> const& tensors) const {
  std::vector<Tensor> saved;
  for (auto const& [name, tensor] : tensors) {
    auto const found = std::ranges::find(file_.tensors, prefix + name, &nn::NamedTensor::name);
    check(found != file_.tensors.end(), "[checkpoint] ", source_, " lacks the tensor ", prefix, name,
          ": it is of another model");
    check(found->tensor.shape() == tensor.shape() && found->tensor.dtype() == tensor.dtype(), "[checkpoint] ", source_,
          " is of another model: ", prefix, name, " is ", heddle::name(found->tensor.dtype()), " ",
          found->tensor.shape(), " there, ", heddle::name(tensor.dtype()), " ", tensor.shape(), " here");
    saved.push_back(found->tensor);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) Tensor(tensors[i].tensor).copy_from(saved[i]);
}

void Checkpoint::get(std::string const& prefix, std::vector<nn::NamedGenerator> const& generators) const {
  for (auto const& [name, generator] : generators)
    *generator = {.seed = static_cast<u64>(integer(prefix + name + ".seed")),
                  .next_stream = static_cast<u64>(integer(prefix + name + ".next_stream"))};
}

}  // namespace heddle::train
