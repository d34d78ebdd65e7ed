// What a launch must do at least: the basis of every rate, roofline and floor.
#pragma once

namespace heddle {

struct Cost {
  double flops = 0;        // floating-point operations, a multiply-add counts two
  double read_bytes = 0;   // each input element once
  double write_bytes = 0;  // each output element once

  constexpr double bytes() const { return read_bytes + write_bytes; }
  friend constexpr Cost operator+(Cost a, Cost b) {
    return {a.flops + b.flops, a.read_bytes + b.read_bytes, a.write_bytes + b.write_bytes};
  }
};

}  // namespace heddle
