// Rows of a benchmark from the samples of this folder.
//
// A sample of an operation is a struct with
//   template <class T> using Args                              its arguments;
//   template <class T> static constexpr Operation<Args<T>> operation  the Operation;
//   static constexpr char const* sizes                         what its sizes are called: "ROWSxCOLUMNS";
//   static std::vector<i64> const example                      sizes for who names none;
//   static constexpr char const* source                        the launchers, as in kernels/resources.json: a file, or
//                                                              a folder/;
//   template <class T> static Args<T> arguments(sizes)         with the pointers left null;
//   static std::vector<f32> values(name, count, seed)          what its inputs hold;
//   static double bound(name, Args<f32> const& reference)      how far an element of a tensor that is written may be
//                                                              from the reference, beyond half a unit in its last
//                                                              place;
// where its definition is short,
//   static double element(Args<f32> const& reference, index)   an element of what it writes, in double precision: some
//                                                              are checked, as the CPU's result is else its own
//                                                              reference;
// and, where it is not alone with its operation,
//   static constexpr char const* name                          what its rows are called.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "bench/harness/data.h"
#include "bench/harness/operands.h"
#include "bench/harness/row.h"

namespace heddle::bench {

template <class T>
inline constexpr char const* type_name = "f32";
template <>
inline constexpr char const* type_name<f16> = "f16";
template <>
inline constexpr char const* type_name<bf16> = "bf16";

/// What the rows of a sample are called.
template <class Sample>
constexpr char const* name_of() {
  if constexpr (requires { Sample::name; })
    return Sample::name;
  else
    return Sample::template operation<f32>.name;
}

/// The cost of a sample's arguments, with the optional tensors that it gives values.
template <class Sample, class T>
Cost cost_of(std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<T>(sizes);
  std::remove_cvref_t<decltype(args)>::tensors(args, [](char const* name, auto*& pointer, i64, TensorUse use = {}) {
    static std::remove_cvref_t<decltype(*pointer)> present = {};
    if (use.optional && !Sample::values(name, 1, 0).empty()) pointer = &present;
  });
  return cost(args);
}

template <class Sample, class T>
class SamplePass final : public Pass {
 public:
  using Args = typename Sample::template Args<T>;

  SamplePass(Memory const& memory, OperationFn<Args>* function, std::vector<i64> const& sizes, u64 seed)
      : function_(function),
        sizes_(sizes),
        args_(Sample::template arguments<T>(sizes)),
        operands_(memory, args_, Sample::values, 64 * seed) {}

  void launch() override { function_(args_, {}); }
  void spoil() override { operands_.reset(); }
  void check() const override {
    auto reference = Sample::template arguments<f32>(sizes_);
    Operands const expected(cpu::memory, reference, [&](std::string_view name, i64, u64) {
      return operands_.has(name) ? operands_.first_values(name) : std::vector<f32>();
    });
    Sample::template operation<f32>.cpu(reference, {});
    operands_.for_each([&](std::string const& name, bool written) {
      if (!written) return;
      double const relative = operands_.roundoff(name), absolute = Sample::bound(name, reference);
      require_close(name, operands_.values(name), expected.values(name), relative, absolute);
      if constexpr (requires { Sample::element(reference, i64{}); })
        require_close_at_samples(name, operands_.values(name), relative, absolute,
                                 [&](i64 index) { return Sample::element(reference, index); });
    });
  }

 private:
  OperationFn<Args>* function_;
  std::vector<i64> sizes_;
  Args args_;
  Operands operands_;
};

template <class Sample, class T>
void add_sample(std::vector<Row>& rows, Processor& processor, std::vector<i64> const& sizes) {
  auto const& operation = Sample::template operation<T>;
  auto* const function = processor.name() == "cuda" ? operation.cuda : operation.cpu;
  Memory const& memory = processor.memory();
  rows.push_back({fmt::format("{}/{}/{}/{}", name_of<Sample>(), processor.name(), type_name<T>, fmt::join(sizes, "x")),
                  cost_of<Sample, T>(sizes), [=, &memory](u64 seed) {
                    return std::make_unique<SamplePass<Sample, T>>(memory, function, sizes, seed);
                  }});
}

/// The rows of a program: add.operator()<T>(rows, size) with `on_cuda` for every type of activations on the GPU, and
/// with `on_cpu` for f32 on the CPU.
template <class Add>
std::vector<Row> rows_of_types(Processor const& processor, i64 on_cuda, i64 on_cpu, Add const& add) {
  std::vector<Row> rows;
  if (processor.name() == "cuda") {
    add.template operator()<f32>(rows, on_cuda);
    add.template operator()<f16>(rows, on_cuda);
    add.template operator()<bf16>(rows, on_cuda);
  } else {
    add.template operator()<f32>(rows, on_cpu);
  }
  return rows;
}

}  // namespace heddle::bench
