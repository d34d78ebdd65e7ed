// A device's layer normalisation against the reference.
#pragma once

#include "tests/kernels/norm/layer_norm_reference.h"
#include "tests/support/device_buffer.h"

namespace heddle::testing {

/// A device's functions for one type.
template <class T>
struct Implementation {
  Memory const& memory;
  LayerNormForwardFn<T>* forward;
  LayerNormBackwardFn<T>* backward;
};

template <class T>
Implementation<T> const on_emulator = {emulated::memory, emulated::layer_norm_forward, emulated::layer_norm_backward};
template <class T>
Implementation<T> const on_cuda = {cuda::memory, cuda::layer_norm_forward, cuda::layer_norm_backward};

template <class T>
void test_forward(Implementation<T> const& device, LayerNormCase const& c) {
  LayerNormInputs<T> const in(c);
  DeviceBuffer<T> x(device.memory, in.x, c.offset), y(device.memory, c.shape.rows * c.shape.columns, c.offset);
  DeviceBuffer<f32> gamma(device.memory, in.gamma), beta(device.memory, in.beta);
  DeviceBuffer<f32> mean(device.memory, c.shape.rows), rstd(device.memory, c.shape.rows);
  device.forward({.shape = c.shape,
                  .x = x.data(),
                  .gamma = gamma.data(),
                  .beta = beta.data(),
                  .y = y.data(),
                  .mean = mean.data(),
                  .rstd = rstd.data()},
                 {});
  LayerNormForwardReference<T> const expected(c, in);
  EXPECT_TRUE(expected.mean.matches(mean.read()));
  EXPECT_TRUE(expected.rstd.matches(rstd.read()));
  EXPECT_TRUE(expected.y.matches(y.read()));
  EXPECT_TRUE(y.guards_intact() && mean.guards_intact() && rstd.guards_intact());
}

template <class T>
void test_backward(Implementation<T> const& device, LayerNormCase const& c) {
  LayerNormInputs<T> const in(c);
  LayerNormBackwardReference<T> const expected(c, in);
  DeviceBuffer<T> x(device.memory, in.x, c.offset), dy(device.memory, in.dy, c.offset);
  DeviceBuffer<T> dx(device.memory, c.shape.rows * c.shape.columns, c.offset);
  DeviceBuffer<f32> gamma(device.memory, in.gamma), mean(device.memory, expected.mean),
      rstd(device.memory, expected.rstd);
  DeviceBuffer<f32> dgamma(device.memory, c.shape.columns), dbeta(device.memory, c.shape.columns);
  DeviceBuffer<u8> workspace(device.memory, static_cast<i64>(layer_norm_backward_workspace_bytes(c.shape)));
  device.backward({.shape = c.shape,
                   .x = x.data(),
                   .dy = dy.data(),
                   .gamma = gamma.data(),
                   .mean = mean.data(),
                   .rstd = rstd.data(),
                   .dx = dx.data(),
                   .dgamma = dgamma.data(),
                   .dbeta = dbeta.data(),
                   .workspace = {workspace.data(), workspace.bytes()}},
                  {});
  EXPECT_TRUE(expected.dx.matches(dx.read()));
  EXPECT_TRUE(expected.dgamma.matches(dgamma.read()));
  EXPECT_TRUE(expected.dbeta.matches(dbeta.read()));
  EXPECT_TRUE(dx.guards_intact() && dgamma.guards_intact() && dbeta.guards_intact() && workspace.guards_intact());
}

template <class T>
void test_both(Implementation<T> const& device, LayerNormCase const& c) {
  test_forward<T>(device, c);
  test_backward<T>(device, c);
}

}  // namespace heddle::testing
