// Rows that must fail, and one that must not: a test that the harness finds out a benchmark that is wrong.
#include <algorithm>

#include "bench/harness/buffer.h"
#include "bench/harness/data.h"
#include "bench/harness/row.h"

namespace heddle::bench {
namespace {

constexpr i64 count = 1 << 16;

enum class Fault : u8 { none, wrong_value, nothing_written_later };

/// Writes zeros.
class ZeroPass final : public Pass {
 public:
  explicit ZeroPass(Fault fault) : fault_(fault), y_(cpu::memory, count) {}

  void launch() override {
    if (fault_ == Fault::nothing_written_later && launches_++ > 0) return;
    std::fill_n(y_.data(), count, 0.0f);
    if (fault_ == Fault::wrong_value) y_.data()[count - 1] = 1;
  }
  void spoil() override { y_.spoil(); }
  void check() const override { require_close("y", y_.to_vector(), std::vector<f32>(count), 0.5); }

 private:
  Fault fault_;
  int launches_ = 0;
  Buffer<f32> y_;
};

Row row(std::string const& name, Fault fault, double written_bytes) {
  return {name, {.flops = 0, .read_bytes = 0, .write_bytes = written_bytes}, [fault](u64) {
            return std::make_unique<ZeroPass>(fault);
          }};
}

}  // namespace

std::vector<Row> rows(Processor& processor) {
  if (processor.name() != "cpu") return {};
  return {row("right", Fault::none, 1), row("wrong_value", Fault::wrong_value, 1),
          row("nothing_written", Fault::nothing_written_later, 1), row("too_fast", Fault::none, 1e12)};
}

}  // namespace heddle::bench
