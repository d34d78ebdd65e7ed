// The host: wall time, and caches flushed by reading a buffer larger than all of them.
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <limits>

#include "bench/harness/processor.h"
#include "kernels/gemm/gemm.h"

namespace heddle::bench {
namespace {

constexpr std::size_t cache_line_bytes = 64;

std::size_t last_level_cache_bytes() {
  long const bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : std::size_t{32} << 20;
}

std::string model_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown: /proc/cpuinfo names no model";
}

class Cpu final : public Processor {
 public:
  std::string_view name() const override { return "cpu"; }
  Memory const& memory() const override { return cpu::memory; }
  std::size_t cache_bytes() const override { return cache_bytes_; }

  void flush_caches() override {
    unsigned sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (std::size_t i = 0; i < flush_buffer_.size(); i += cache_line_bytes) sum += flush_buffer_[i];
    flush_sum_ = sum;
  }

  double time_s(std::function<void()> const& work) override {
    auto const begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  void copy(void* destination, void const* source, std::size_t bytes) override {
#pragma omp parallel
    {
      std::size_t const threads = static_cast<std::size_t>(omp_get_num_threads());
      std::size_t const thread = static_cast<std::size_t>(omp_get_thread_num());
      std::size_t const begin = bytes * thread / threads, end = bytes * (thread + 1) / threads;
      std::memcpy(static_cast<char*>(destination) + begin, static_cast<char const*>(source) + begin, end - begin);
    }
  }

  void update(void* data, std::size_t bytes) override {
    u32* const words = static_cast<u32*>(data);
    i64 const count = static_cast<i64>(bytes / sizeof(u32));
#pragma omp parallel for simd schedule(static)
    for (i64 i = 0; i < count; ++i) words[i] += 1;
  }

  double matrix_rate() override {
    constexpr i64 size = 1024;
    std::vector<f32> const a(size * size, 0.5f), b(size * size, 0.25f);
    std::vector<f32> c(size * size);
    auto const product = [&] {
      cpu::gemm<f32>({.m = size,
                      .n = size,
                      .k = size,
                      .a = a.data(),
                      .lda = size,
                      .b = b.data(),
                      .ldb = size,
                      .d = c.data(),
                      .ldd = size},
                     {});
    };
    double fastest_s = std::numeric_limits<double>::max();
    for (int sample = 0; sample < 8; ++sample) fastest_s = std::min(fastest_s, time_s(product));
    return 2.0 * size * size * size / fastest_s;
  }

  std::vector<Fact> facts() const override {
    return {{"cpu", model_name()}, {"cpu_threads", std::to_string(omp_get_max_threads())}};
  }

 private:
  std::size_t cache_bytes_ = last_level_cache_bytes();
  std::vector<u8> flush_buffer_ = std::vector<u8>(2 * cache_bytes_, u8{1});
  unsigned volatile flush_sum_ = 0;
};

}  // namespace

std::unique_ptr<Processor> make_cpu() { return std::make_unique<Cpu>(); }

}  // namespace heddle::bench
