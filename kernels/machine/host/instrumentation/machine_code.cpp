#include "kernels/machine/host/instrumentation/machine_code.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

#include "kernels/core/error.h"
#include "kernels/machine/host/instrumentation/program_memory.h"

namespace heddle::emulated {
namespace {

std::unique_ptr<FILE, int (*)(FILE*)> start_objdump(std::uintptr_t begin, std::uintptr_t end) {
  std::ostringstream command;
  command << "objdump --disassemble --demangle --no-show-raw-insn --wide --start-address=0x" << std::hex << begin
          << " --stop-address=0x" << end << std::dec << " /proc/" << getpid() << "/exe 2>/dev/null";
  return {popen(command.str().c_str(), "r"), pclose};
}

/// "jmp    342f4 <kernel+0x14a>" goes to 342f4, "jmp    *%rax" nobody knows where.
std::uintptr_t target_of(std::string_view text) {
  return text.starts_with("jmp ") ? std::strtoull(text.data() + 4, nullptr, 16) : 0;
}

}  // namespace

std::vector<Instruction> disassemble(std::uintptr_t begin, std::uintptr_t end) {
  std::uintptr_t const moved = find_program_memory().code.moved;
  auto const output = start_objdump(begin - moved, end - moved);
  std::vector<Instruction> instructions;
  std::array<char, 65536> line;  // names of kernels are long
  while (output != nullptr && std::fgets(line.data(), line.size(), output.get()) != nullptr) {
    char* after = nullptr;
    std::uintptr_t const address = std::strtoull(line.data(), &after, 16);
    std::string_view const rest = after;
    if (!rest.starts_with(":\t")) continue;
    std::string_view const text = rest.substr(2, rest.find('\n') - 2);
    std::uintptr_t const target = target_of(text);
    instructions.push_back({address + moved, target == 0 ? 0 : target + moved, std::string(text)});
  }
  check(!instructions.empty(),
        "[inspector] cannot read the program's code: objdump, of binutils, is missing or failed");
  return instructions;
}

}  // namespace heddle::emulated
