#include "nn/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace heddle::nn {
namespace {

/// Sets inference mode for its lifetime.
class InferenceMode {
 public:
  explicit InferenceMode(Module& module) : module_(module), training_(module.training()) { module.set_training(false); }
  ~InferenceMode() { module_.set_training(training_); }
  InferenceMode(InferenceMode const&) = delete;
  InferenceMode& operator=(InferenceMode const&) = delete;

 private:
  Module& module_;
  bool training_;
};

i64 own_parameters(Module const& module) {
  i64 count = 0;
  for (auto const& [name, tensor] : module.parameters())
    if (name.find('.') == std::string::npos) count += tensor.count();
  return count;
}

bool is_inside(std::string const& path, std::string const& outer) {
  return outer.empty() || path.starts_with(outer + ".");
}

/// Modules end after those inside them; the row goes before theirs.
void insert_row(std::vector<SummaryRow>& rows, SummaryRow row) {
  auto position = rows.end();
  while (position != rows.begin() && is_inside(std::prev(position)->path, row.path)) --position;
  rows.insert(position, std::move(row));
}

/// 1234567 -> "1,234,567"; nothing for 0.
std::string with_separators(i64 number) {
  if (number == 0) return {};
  std::string text = std::to_string(number);
  for (int i = static_cast<int>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<std::size_t>(i), 1, ',');
  return text;
}

/// Two spaces for each module around it, then the last part of its path.
std::string indented_name(std::string const& path) {
  if (path.empty()) return "(model)";
  auto const depth = static_cast<std::size_t>(std::ranges::count(path, '.')) + 1;
  auto const last = path.rfind('.');
  return std::string(2 * depth, ' ') + (last == std::string::npos ? path : path.substr(last + 1));
}

using Line = std::array<std::string, 5>;

std::string aligned(std::vector<Line> const& lines) {
  std::array<std::size_t, 5> widths = {};
  for (Line const& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string const rule(std::accumulate(widths.begin(), widths.end(), std::size_t{8}), '-');
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 1 || i + 1 == lines.size()) text += rule + "\n";
    Line const& l = lines[i];
    std::string row = fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}  {:>{}}", l[0], widths[0], l[1], widths[1], l[2],
                                  widths[2], l[3], widths[3], l[4], widths[4]);
    row.resize(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace

i64 Summary::parameters() const {
  i64 sum = 0;
  for (SummaryRow const& row : rows) sum += row.parameters;
  return sum;
}

i64 Summary::macs() const {
  i64 sum = 0;
  for (SummaryRow const& row : rows) sum += row.macs;
  return sum;
}

Summary summarize(Module& module, Shape const& sample) {
  std::vector<i64> sizes = {1};
  sizes.insert(sizes.end(), sample.sizes().begin(), sample.sizes().end());
  std::vector<NamedTensor> const parameters = module.parameters();
  Device const device = parameters.empty() ? Device::cpu : parameters.front().tensor.device();

  Summary summary;
  InferenceMode const mode(module);
  Module::Observation const observation(
      module, [&summary](std::string const& path, Module& m, Tensor const& x, Tensor const& y) {
        insert_row(summary.rows, {.path = path,
                                  .kind = std::string(m.kind()),
                                  .details = m.details(),
                                  .output = y.shape(),
                                  .parameters = own_parameters(m),
                                  .macs = m.macs(x.shape(), y.shape())});
      });
  module(Tensor::zeros(Shape(sizes), module.compute_type(), device));
  return summary;
}

std::string to_text(Summary const& summary) {
  std::vector<Line> lines = {{"name", "kind", "output", "parameters", "MACs"}};
  for (SummaryRow const& row : summary.rows)
    lines.push_back({indented_name(row.path), row.details.empty() ? row.kind : row.kind + " " + row.details,
                     to_string(row.output), with_separators(row.parameters), with_separators(row.macs)});
  lines.push_back({"total", "", "", with_separators(summary.parameters()), with_separators(summary.macs())});
  return aligned(lines);
}

}  // namespace heddle::nn
