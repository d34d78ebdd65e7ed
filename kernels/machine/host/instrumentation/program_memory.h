// Memory that is the program's own: a kernel sees no device memory there.
#pragma once

namespace heddle::emulated {

/// Whether the address is that of a constant of the program, or of a variable of this host thread such as threadIdx.
bool is_of_program(void const* address);

}  // namespace heddle::emulated
