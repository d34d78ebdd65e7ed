// The program around the rows of one family: options of Google Benchmark, context, ceilings, exit code.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <vector>

#include "bench/harness/row.h"
#include "commit.h"

namespace heddle::bench {
namespace {

struct Site {
  std::unique_ptr<Processor> processor;
  Ceilings ceilings;
};

std::vector<Site> find_sites() {
  std::vector<Site> sites;
  sites.push_back({make_cpu(), {}});
  std::string absence;
  if (auto gpu = make_cuda(absence))
    sites.push_back({std::move(gpu), {}});
  else
    std::fprintf(stderr, "rows on cuda are left out: %s\n", absence.c_str());
  for (Site& site : sites) site.ceilings = measure_ceilings(*site.processor);
  return sites;
}

void add_context(Site const& site) {
  std::string const name(site.processor->name());
  for (auto const& [key, value] : site.processor->facts()) benchmark::AddCustomContext(key, value);
  benchmark::AddCustomContext(name + "_copy_GB/s", std::to_string(site.ceilings.bytes_per_s * 1e-9));
  benchmark::AddCustomContext(name + "_matrix_GFLOP/s", site.ceilings.flops_per_s > 0
                                                            ? std::to_string(site.ceilings.flops_per_s * 1e-9)
                                                            : "not measured");
}

int run(int argc, char** argv) {
  // One iteration is a whole measurement with many samples: Google Benchmark need not repeat it unless told to.
  char once[] = "--benchmark_min_time=0";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, once);
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;

  std::vector<Site> const sites = find_sites();
  benchmark::AddCustomContext("commit", HEDDLE_COMMIT);
  for (Site const& site : sites) {
    add_context(site);
    for (Row& row : rows(*site.processor)) add_row(*site.processor, site.ceilings, std::move(row));
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed_rows() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace heddle::bench

int main(int argc, char** argv) try { return heddle::bench::run(argc, argv); } catch (std::exception const& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
