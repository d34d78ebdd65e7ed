// The rows of emulator_bench under the inspector and the access checker: the quotient is what watching costs.
#include "bench/emulator_rows.h"
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/inspector/inspector.h"

int main(int argc, char** argv) {
  heddle::emulated::Inspector inspector;
  heddle::emulated::AccessChecker checker;
  heddle::bench::add_rows("inspected/", &inspector);
  heddle::bench::add_rows("checked/", &checker);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
