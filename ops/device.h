// Where a tensor lives and its operations run.
#pragma once

#include <string>
#include <string_view>

#include "kernels/core/types.h"

namespace heddle {

/// `emulated` runs the CUDA kernels on the host's SIMT emulator.
enum class Device : u8 { cpu, cuda, emulated };

/// "cpu", "cuda", "emulated".
std::string_view name(Device device);
/// The device of that name; throws an Error that lists the names for any other.
Device device_from_name(std::string_view name);
/// Throws an Error that says why the device cannot be used here, and what to do.
void require_available(Device device);

}  // namespace heddle
