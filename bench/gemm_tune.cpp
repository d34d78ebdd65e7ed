// Sweeps the configurations of the matrix product over the shapes of its benchmark, checks each result, and writes the
// table of the fastest (kernels/gemm/gemm_table.h).
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <fstream>

#include "bench/harness/measure.h"
#include "bench/samples/gemm.h"
#include "bench/samples/gemm_shapes.h"
#include "kernels/gemm/gemm_configurations.h"

namespace heddle::bench {
namespace {

/// Where products run, and what measures them.
struct Site {
  Processor& processor;
  bool emulated;

  Memory const& memory() const { return emulated ? emulated::memory : processor.memory(); }
};

/// Seconds, if this device has a kernel for the choice; throws an Error where the result is wrong.
template <class T>
std::optional<double> time_of(Site const& site, GemmArgs<T> const& args, Operands const& operands,
                              std::vector<f32> const& expected) {
  auto* const function = site.emulated ? gemm<T>.emulated : gemm<T>.cuda;
  operands.reset();
  try {
    function(args, {});
  } catch (GemmRefusal const&) {
    return std::nullopt;
  }
  require_close("d of " + name_of(args.choice), operands.values("d"), expected, operands.roundoff("d"),
                sum_bound(args.k, 1));
  return measure_cold(
             site.processor, [&](std::size_t) { function(args, {}); }, 0.05, 5)
      .median_s;
}

template <class Sample, class T>
std::vector<f32> reference(Operands const& operands, std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<f32>(sizes);
  Operands const result(cpu::memory, args, [&](std::string_view name, i64, u64) {
    return operands.has(name) ? operands.values(name) : std::vector<f32>();
  });
  cpu::gemm(args, {});
  return result.values("d");
}

/// The line of the table for one product: all choices in turn, and the fastest. The chosen one of the model is timed as
/// `automatic`.
template <class Sample, class T>
std::string tune(Site const& site, std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<T>(sizes);
  Operands const operands(site.memory(), args, Sample::values);
  std::vector<f32> const expected = reference<Sample, T>(operands, sizes);
  double const chosen_s = time_of(site, args, operands, expected).value();
  double least_s = 0;
  GemmChoice best;
  for (GemmChoice const& choice : gemm_choices()) {
    args.choice = choice;
    auto const seconds = time_of(site, args, operands, expected);
    if (!seconds || (best.path != GemmPath::automatic && *seconds >= least_s)) continue;
    least_s = *seconds;
    best = choice;
  }
  return fmt::format("{} {}{} {} {}  # {:.1f} us, {:.0f} GFLOP/s; by the model {:.1f} us\n", type_name<T>,
                     args.transpose_a ? 't' : 'n', args.transpose_b ? 't' : 'n', fmt::join(sizes, " "), name_of(best),
                     least_s * 1e6, args.flops() / least_s * 1e-9, chosen_s * 1e6);
}

void tune_all(Site const& site, std::vector<std::vector<i64>> const& shapes, std::ostream& table) {
  auto const write = [&](std::string const& line) {
    std::fputs(line.c_str(), stdout);
    table << line << std::flush;
  };
  for (auto const& [key, value] : site.processor.facts()) write("# " + key + ": " + value + "\n");
  for (std::vector<i64> const& shape : shapes) {
    write(tune<LinearSample, bf16>(site, shape));
    write(tune<LinearSample, f16>(site, shape));
    write(tune<LinearSample, f32>(site, shape));
  }
}

std::vector<std::vector<i64>> all_shapes() {
  std::vector<std::vector<i64>> shapes = network_products();
  for (i64 size = 1024; size <= 8192; size *= 2) shapes.push_back({size, size, size});
  return shapes;
}

int run(int argc, char** argv) {
  CLI::App app("Finds the fastest configurations of the matrix product on this card.", "gemm_tune");
  std::string path = "gemm_table.txt";
  std::vector<i64> shape;
  bool emulated = false;
  app.add_option("--table", path, "the file to write, which HEDDLE_GEMM_TABLE then names")->capture_default_str();
  app.add_option("--shape", shape, "M N K of one product instead of all")->expected(3)->check(CLI::PositiveNumber);
  app.add_flag("--emulated", emulated, "on the emulator: its times say nothing");
  CLI11_PARSE(app, argc, argv);
  std::string absence;
  std::unique_ptr<Processor> const processor = emulated ? make_cpu() : make_cuda(absence);
  check(processor != nullptr, "[gemm_tune] a GPU is needed: ", absence);
  std::ofstream table(path);
  check(table.good(), "[gemm_tune] cannot write the table: ", path);
  tune_all({*processor, emulated}, shape.empty() ? all_shapes() : std::vector<std::vector<i64>>{shape}, table);
  return 0;
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) try { return heddle::bench::run(argc, argv); } catch (std::exception const& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
