// How fast the emulator runs kernels, on one core.
#include "bench/emulator_rows.h"

int main(int argc, char** argv) {
  heddle::bench::add_rows("", nullptr);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
