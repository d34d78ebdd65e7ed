#include "ops/device.h"

#include "kernels/core/error.h"
#include "kernels/machine/device.h"

namespace heddle {

std::string_view name(Device device) {
  switch (device) {
    case Device::cpu:
      return "cpu";
    case Device::cuda:
      return "cuda";
    case Device::emulated:
      return "emulated";
  }
  return "?";
}

Device device_from_name(std::string_view text) {
  for (Device const device : {Device::cpu, Device::cuda, Device::emulated})
    if (text == name(device)) return device;
  fail("[device] must be cpu, cuda or emulated: ", text);
}

void require_available(Device device) {
  if (device == Device::cuda) (void)cuda::device_info();
}

}  // namespace heddle
