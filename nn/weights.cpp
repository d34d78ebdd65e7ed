#include "nn/weights.h"

#include <unordered_map>
#include <vector>

#include "kernels/core/error.h"

namespace heddle::nn {
namespace {

/// x [n, rows, columns] -> [n, columns, rows], f32 on the host.
void transpose_inner(f32 const* x, f32* y, i64 n, i64 rows, i64 columns) {
  for (i64 i = 0; i < n; ++i)
    for (i64 row = 0; row < rows; ++row)
      for (i64 column = 0; column < columns; ++column)
        y[(i * columns + column) * rows + row] = x[(i * rows + row) * columns + column];
}

bool is_filter(Tensor const& tensor) { return tensor.shape().rank() == 4; }

Shape oihw_shape(Shape const& krsc) { return {krsc[0], krsc[3], krsc[1], krsc[2]}; }

/// The names of one kind of fault: how many, and the first with what is wrong about it.
class Faults {
 public:
  explicit Faults(char const* what) : what_(what) {}

  void add(std::string const& example) {
    if (count_++ == 0) first_ = example;
  }
  bool any() const { return count_ > 0; }
  std::string text() const {
    return any() ? "; " + std::to_string(count_) + " " + what_ + ", first " + first_ : std::string();
  }

 private:
  char const* what_;
  i64 count_ = 0;
  std::string first_;
};

/// Throws unless the file has exactly the module's tensors, in PyTorch's shapes.
void check_match(std::vector<NamedTensor> const& state, TensorFile const& file, std::string const& path) {
  std::unordered_map<std::string, Tensor> unused;
  for (auto const& [name, tensor] : file.tensors)
    if (!name.ends_with("num_batches_tracked")) unused.emplace(name, tensor);

  Faults missing("missing"), unexpected("unexpected"), mismatched("of another shape or type");
  for (auto const& [name, tensor] : state) {
    auto const found = unused.find(name);
    if (found == unused.end()) {
      missing.add(name);
      continue;
    }
    Tensor const& given = found->second;
    Shape const expected = is_filter(tensor) ? oihw_shape(tensor.shape()) : tensor.shape();
    if (given.shape() != expected || given.dtype() != tensor.dtype())
      mismatched.add(name + ": " + std::string(heddle::name(given.dtype())) + " " + to_string(given.shape()) +
                     " instead of " + std::string(heddle::name(tensor.dtype())) + " " + to_string(expected));
    unused.erase(found);
  }
  for (auto const& [name, tensor] : file.tensors)
    if (unused.contains(name)) unexpected.add(name);
  check(!missing.any() && !unexpected.any() && !mismatched.any(), "[load_weights] ", path,
        " is not of this model: ", state.size(), " tensors expected, ", file.tensors.size(), " found", missing.text(),
        unexpected.text(), mismatched.text());
}

}  // namespace

Tensor krsc_to_oihw(Tensor const& filter) {
  Shape const& krsc = filter.shape();
  Tensor const host = filter.to(Device::cpu);
  Tensor const result = Tensor::empty(oihw_shape(krsc));
  transpose_inner(host.data<f32>(), result.data<f32>(), krsc[0], krsc[1] * krsc[2], krsc[3]);
  return result;
}

Tensor oihw_to_krsc(Tensor const& filter) {
  Shape const& oihw = filter.shape();
  Tensor const host = filter.to(Device::cpu);
  Tensor const result = Tensor::empty({oihw[0], oihw[2], oihw[3], oihw[1]});
  transpose_inner(host.data<f32>(), result.data<f32>(), oihw[0], oihw[1], oihw[2] * oihw[3]);
  return result;
}

void save_weights(Module const& module, std::filesystem::path const& path,
                  std::map<std::string, std::string> const& metadata) {
  TensorFile file = {.tensors = module.state(), .metadata = metadata};
  for (NamedTensor& t : file.tensors)
    if (is_filter(t.tensor)) t.tensor = krsc_to_oihw(t.tensor);
  write_safetensors(path, file);
}

std::map<std::string, std::string> load_weights(Module& module, std::filesystem::path const& path) {
  TensorFile const file = read_safetensors(path);
  std::vector<NamedTensor> state = module.state();
  check_match(state, file, path.native());
  for (NamedTensor& t : state) {
    Tensor const& given = file.at(t.name);
    t.tensor.copy_from(is_filter(t.tensor) ? oihw_to_krsc(given) : given);
  }
  module.update_copies();
  return file.metadata;
}

}  // namespace heddle::nn
