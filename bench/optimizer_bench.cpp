// Updates of lists of parameters, and the norm of their gradients: 100 M elements in one tensor on the GPU, 1 M on the
// CPU, the parameters of ResNet-18, and a small tensor.
#include <cmath>

#include "bench/samples/optimizer.h"
#include "bench/samples/sample.h"

namespace heddle::bench {
namespace {

/// So small a rate that parameters stay near their first values however often a row is timed.
constexpr StepState bench_state = {.step = 10, .learning_rate = 1e-3f};

/// Elements of a tensor that are compared, from its middle.
constexpr i64 window_size = 64;

std::vector<f32> in_window(std::vector<f32> const& values) {
  i64 const count = std::min(std::ssize(values), window_size);
  auto const first = values.begin() + (std::ssize(values) - count) / 2;
  return {first, first + count};
}

/// An update changes its inputs: the reference is updated as often.
template <class Sample, class T>
class UpdatePass final : public Pass {
 public:
  using Args = typename Sample::template Args<T>;

  UpdatePass(Memory const& memory, OperationFn<Args>* function, std::vector<i64> const& counts, u64 seed)
      : function_(function),
        list_(memory, Sample::template arguments<T>(), bench_state, counts, optimizer_values, seed << 32) {}

  void launch() override {
    function_(list_.args, {});
    ++launches_;
  }
  void spoil() override {
    list_.reset();
    launches_ = 0;
  }
  void check() const override {
    std::vector<Operands> const& all = list_.operands();
    std::vector<i64> counts;
    for (auto const& tensor : list_.args.list) counts.push_back(std::min(tensor.count, window_size));
    auto const first_values = [&](std::string_view name, i64, u64 seed) {
      Operands const& operands = all[seed / TensorList<Args>::seeds_of_tensor];
      return operands.has(name) ? in_window(operands.first_values(name)) : std::vector<f32>();
    };
    TensorList<Args> const expected(cpu::memory, Sample::template arguments<T>(), bench_state, counts, first_values);
    for (int i = 0; i < launches_; ++i) Sample::template operation<T>.cpu(expected.args, {});
    // Some 20 roundings a launch of values below 10.
    double const bound = launches_ * 20 * 10 * unit_roundoff<f32>;
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i].for_each([&](std::string const& name, bool) {
        require_close(name, in_window(all[i].values(name)), expected.operands()[i].values(name), bound, bound);
      });
  }

 private:
  OperationFn<Args>* function_;
  TensorList<Args> list_;
  int launches_ = 0;
};

template <class T>
class NormPass final : public Pass {
 public:
  NormPass(Memory const& memory, OperationFn<GradientNormArgs<T>>* function, std::vector<i64> const& counts, u64 seed)
      : function_(function),
        list_(memory, GradientNormSample::arguments<T>(), {.gradient_norm = NAN}, counts, optimizer_values,
              seed << 32) {}

  void launch() override { function_(list_.args, {}); }
  void spoil() override { list_.reset(); }
  void check() const override {
    double sum = 0;
    for (Operands const& operands : list_.operands())
      for (f32 const value : operands.values("gradient")) sum += static_cast<double>(value) * value;
    require_close("gradient_norm", 0, list_.state().gradient_norm, std::sqrt(sum), 1e-9, 0);
  }

 private:
  OperationFn<GradientNormArgs<T>>* function_;
  TensorList<GradientNormArgs<T>> list_;
};

/// What the operation declares for a list of those sizes.
template <class Sample, class T>
Cost cost_of(std::vector<i64> const& counts) {
  auto args = Sample::template arguments<T>();
  std::vector<typename TensorList<decltype(args)>::Tensor> tensors(counts.size());
  f32 present;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    tensors[i].count = counts[i];
    if constexpr (requires { tensors[i].velocity; }) tensors[i].velocity = &present;
  }
  args.list = tensors;
  return cost(args);
}

template <class Sample, class T, class OfSample>
void add_row_of(std::vector<Row>& rows, Processor& processor, std::string const& list, std::vector<i64> const& counts) {
  auto const& operation = Sample::template operation<T>;
  auto* const function = processor.name() == "cuda" ? operation.cuda : operation.cpu;
  Memory const& memory = processor.memory();
  rows.push_back({fmt::format("{}/{}/{}/{}", operation.name, processor.name(), type_name<T>, list),
                  cost_of<Sample, T>(counts),
                  [=, &memory](u64 seed) { return std::make_unique<OfSample>(memory, function, counts, seed); }});
}

template <class T>
void add(std::vector<Row>& rows, Processor& processor, std::string const& list, std::vector<i64> const& counts) {
  add_row_of<SgdSample, T, UpdatePass<SgdSample, T>>(rows, processor, list, counts);
  add_row_of<AdamWSample, T, UpdatePass<AdamWSample, T>>(rows, processor, list, counts);
  add_row_of<GradientNormSample, T, NormPass<T>>(rows, processor, list, counts);
}

template <class T>
void add_all(std::vector<Row>& rows, Processor& processor, i64 large) {
  add<T>(rows, processor, "65536", {65536});
  add<T>(rows, processor, "resnet18", resnet18_counts());
  add<T>(rows, processor, std::to_string(large), {large});
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  std::vector<Row> all;
  if (processor.name() == "cuda") {
    add_all<f32>(all, processor, 100'000'000);
    add_all<bf16>(all, processor, 100'000'000);
  } else {
    add_all<f32>(all, processor, 1'000'000);
  }
  return all;
}

}  // namespace heddle::bench
