#include "kernels/machine/host/instrumentation/source_lines.h"

#include <backtrace.h>
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string_view>

namespace heddle::emulated {
namespace {

bool is_of_library(std::string_view file) {
  return file.find("/include/c++/") != file.npos || file.find("/lib/gcc/") != file.npos;
}

backtrace_state* debug_information() {
  // Without debug information there are no lines, which is no error.
  static backtrace_state* const state = backtrace_create_state(
      nullptr, 1, [](void*, char const*, int) {}, nullptr);
  return state;
}

int add_line(void* lines, std::uintptr_t, char const* file, int line, char const*) {
  if (file != nullptr && !is_of_library(file)) static_cast<std::vector<SourceLine>*>(lines)->push_back({file, line});
  return 0;
}

/// The same from binutils: libbacktrace of GCC 12 does not find all code of large programs.
std::vector<SourceLine> lines_of_addr2line(std::uintptr_t address) {
  std::vector<SourceLine> lines;
  Dl_info module;
  if (dladdr(reinterpret_cast<void const*>(address), &module) == 0) return lines;
  std::ostringstream command;
  command << "addr2line -i -e /proc/" << getpid() << "/exe 0x" << std::hex
          << address - reinterpret_cast<std::uintptr_t>(module.dli_fbase) << " 2>/dev/null";
  std::unique_ptr<FILE, int (*)(FILE*)> const output(popen(command.str().c_str(), "r"), pclose);
  char text[4096];
  while (output != nullptr && std::fgets(text, sizeof text, output.get()) != nullptr) {
    std::string const line = text;
    std::size_t const colon = line.rfind(':');
    if (colon == line.npos || line[0] == '?' || is_of_library(line)) continue;
    lines.push_back({line.substr(0, colon), std::atoi(line.c_str() + colon + 1)});
  }
  return lines;
}

}  // namespace

std::vector<SourceLine> source_lines(void const* return_address) {
  std::vector<SourceLine> lines;
  if (backtrace_state* const state = debug_information(); state != nullptr && return_address != nullptr)
    // One back: into the call instruction.
    backtrace_pcinfo(
        state, reinterpret_cast<std::uintptr_t>(return_address) - 1, add_line, [](void*, char const*, int) {}, &lines);
  if (lines.empty() && return_address != nullptr)
    return lines_of_addr2line(reinterpret_cast<std::uintptr_t>(return_address) - 1);
  return lines;
}

bool is_of_machine(SourceLine const& line) { return line.file.find("kernels/machine/host/") != std::string::npos; }

KernelLine kernel_line(std::vector<SourceLine> lines) {
  std::erase_if(lines, is_of_machine);
  if (lines.empty()) return {};
  auto const of_kernel =
      std::find_if(lines.begin(), lines.end(), [&](SourceLine const& line) { return line.file == lines.back().file; });
  return {*of_kernel, lines.front()};
}

KernelLine kernel_line(Access const& access) {
  std::vector<SourceLine> const lines = source_lines(access.site);
  if (access.where.line() == 0) return kernel_line(lines);
  // Where the machine's function is not inlined, its caller's callers are unknown.
  KernelLine const found = !lines.empty() && is_of_machine(lines.front()) ? kernel_line(lines) : KernelLine{};
  if (!found.line.file.empty()) return found;
  SourceLine const line = {access.where.file_name(), static_cast<int>(access.where.line())};
  return {line, line};
}

std::string describe(SourceLine const& line) {
  if (line.file.empty()) return "an unknown line";
  return line.file.substr(line.file.rfind('/') + 1) + ":" + std::to_string(line.line);
}

}  // namespace heddle::emulated
