#include "bench/harness/processor.h"

namespace heddle::bench {

std::unique_ptr<Processor> make_cuda(std::string& absence) {
  absence = "no CUDA in this build; configure with -DHEDDLE_CUDA=ON";
  return nullptr;
}

}  // namespace heddle::bench
