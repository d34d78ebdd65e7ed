// The GPU: time between two events around the launch. The flush before it is still running while the launch is queued,
// so that no gap of the host falls between the events.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>

#include "bench/harness/processor.h"
#include "bench/harness/stream_kernels.cuh"
#include "kernels/core/math.h"
#include "kernels/machine/device.h"

namespace heddle::bench {
namespace {

using cuda::check_cuda;

class Event {
 public:
  Event() { check_cuda(cudaEventCreate(&event_), "bench event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(Event const&) = delete;
  Event& operator=(Event const&) = delete;

  void record() { check_cuda(cudaEventRecord(event_), "bench event"); }
  double seconds_since(Event const& begin) const {
    check_cuda(cudaEventSynchronize(event_), "bench launch");
    float milliseconds = 0;
    check_cuda(cudaEventElapsedTime(&milliseconds, begin.event_, event_), "bench event");
    return milliseconds * 1e-3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

int attribute(cudaDeviceAttr name) {
  int device = 0, value = 0;
  check_cuda(cudaGetDevice(&device), "bench device");
  check_cuda(cudaDeviceGetAttribute(&value, name, device), "bench device");
  return value;
}

/// What nvidia-smi says about the card in use, or why that is unknown.
std::string system_management(char const* query) {
  char bus[32] = {};
  int device = 0;
  check_cuda(cudaGetDevice(&device), "bench device");
  check_cuda(cudaDeviceGetPCIBusId(bus, sizeof(bus), device), "bench device");
  std::string const command =
      std::string("nvidia-smi -i ") + bus + " --format=csv,noheader --query-gpu=" + query + " 2>/dev/null";
  std::string answer;
  if (FILE* const pipe = popen(command.c_str(), "r")) {
    for (int c = std::fgetc(pipe); c != EOF && c != '\n'; c = std::fgetc(pipe)) answer += static_cast<char>(c);
    if (pclose(pipe) != 0) answer.clear();
  }
  return answer.empty() ? "unknown: nvidia-smi gave no answer" : answer;
}

class Cuda final : public Processor {
 public:
  Cuda() {
    if (flush_words_ > 0) {
      memory().fill(flush_buffer_.get(), 1, flush_words_ * sizeof(cuda::StreamWord), {});
      memory().synchronize({});
    }
  }

  std::string_view name() const override { return "cuda"; }
  Memory const& memory() const override { return cuda::memory; }
  std::size_t cache_bytes() const override { return cache_bytes_; }

  void flush_caches() override {
    auto* const words = static_cast<cuda::StreamWord*>(flush_buffer_.get());
    cuda::launch<cuda::StreamRead>(
        grid(), {.source = words, .zeros = static_cast<u32*>(flush_zeros_.get()), .count = flush_words_}, {},
        "bench flush");
  }

  double time_s(std::function<void()> const& work) override {
    begin_.record();
    work();
    end_.record();
    return end_.seconds_since(begin_);
  }

  void copy(void* destination, void const* source, std::size_t bytes) override {
    cuda::launch<cuda::StreamCopy>(grid(),
                                   {.source = static_cast<cuda::StreamWord const*>(source),
                                    .destination = static_cast<cuda::StreamWord*>(destination),
                                    .count = static_cast<i64>(bytes / sizeof(cuda::StreamWord))},
                                   {}, "bench copy");
  }

  void update(void* data, std::size_t bytes) override { copy(data, data, bytes); }

  double matrix_rate() override { return 0; }

  std::vector<Fact> facts() const override {
    DeviceInfo const info = cuda::device_info();
    int driver = 0, runtime = 0;
    check_cuda(cudaDriverGetVersion(&driver), "bench device");
    check_cuda(cudaRuntimeGetVersion(&runtime), "bench device");
    return {{"card", info.name},
            {"card_architecture", "sm_" + std::to_string(info.major) + std::to_string(info.minor)},
            {"card_multiprocessors", std::to_string(info.multiprocessors)},
            {"card_l2_bytes", std::to_string(cache_bytes_)},
            {"cuda_driver", std::to_string(driver)},
            {"cuda_runtime", std::to_string(runtime)},
            {"nvidia_driver", system_management("driver_version")},
            {"clocks_sm_memory", system_management("clocks.sm,clocks.mem")},
            {"clocks_max_sm_memory", system_management("clocks.max.sm,clocks.max.mem")},
            {"temperature_power_limit", system_management("temperature.gpu,power.limit")}};
  }

 private:
  using DeviceMemory = std::unique_ptr<void, void (*)(void*) noexcept>;

  DeviceMemory allocate(std::size_t bytes) const { return {memory().allocate(bytes), memory().free}; }
  /// Fills the card: 2048 threads on every multiprocessor.
  dim3 grid() const { return dim3(static_cast<unsigned>(multiprocessors_ * 2048 / cuda::StreamCopy::threads)); }

  int multiprocessors_ = attribute(cudaDevAttrMultiProcessorCount);
  std::size_t cache_bytes_ = static_cast<std::size_t>(attribute(cudaDevAttrL2CacheSize));
  i64 flush_words_ = static_cast<i64>(3 * cache_bytes_ / sizeof(cuda::StreamWord));
  DeviceMemory flush_buffer_ = allocate(static_cast<std::size_t>(flush_words_) * sizeof(cuda::StreamWord));
  DeviceMemory flush_zeros_ = allocate(sizeof(u32));
  Event begin_, end_;
};

}  // namespace

std::unique_ptr<Processor> make_cuda(std::string& absence) {
  if (cuda::device_count() > 0) return std::make_unique<Cuda>();
  absence = "no CUDA device, or no driver for it";
  return nullptr;
}

}  // namespace heddle::bench
