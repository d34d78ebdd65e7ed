// setmaxnreg of the emulator, behind the templates of registers.cuh.
#pragma once

#include <source_location>

namespace heddle::emulated {

void increase_registers(int count, std::source_location where);
void decrease_registers(int count, std::source_location where);

}  // namespace heddle::emulated
