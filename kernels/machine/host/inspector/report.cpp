#include "kernels/machine/host/inspector/report.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <regex>
#include <tuple>

namespace heddle::emulated {
namespace {

auto key(LineReport const& report) {
  return std::tie(report.place.line, report.place.detail, report.space, report.kind, report.bulk, report.bytes);
}

/// Sites of the same line, such as the copies of an unrolled loop, become one.
std::vector<LineReport> by_line(KernelCounts const& kernel) {
  std::vector<LineReport> all;
  for (std::size_t i = 0; i < kernel.sites.size(); ++i) {
    AccessSite const& site = kernel.sites[i];
    all.push_back({kernel_line({nullptr, site.bytes, site.kind, site.code, site.where}), site.space, site.kind,
                   site.bytes, site.bulk, kernel.counts[i]});
  }
  std::stable_sort(all.begin(), all.end(), [](LineReport const& a, LineReport const& b) { return key(a) < key(b); });
  std::vector<LineReport> lines;
  for (LineReport const& report : all)
    if (!lines.empty() && key(lines.back()) == key(report))
      lines.back().counts += report.counts;
    else
      lines.push_back(report);
  return lines;
}

std::string readable(std::string const& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> const text(abi::__cxa_demangle(type.c_str(), nullptr, nullptr, &status),
                                                    std::free);
  if (status != 0) return type;
  std::string const name = std::regex_replace(text.get(), std::regex("heddle::(emulated::)?"), "");
  // Compilers differ in whether they name members that are zero at the end of a constant.
  return std::regex_replace(name, std::regex("(, (false|0))+\\}"), "}");
}

KernelReport report_of(KernelCounts const& kernel) {
  KernelReport result = {.name = kernel.name,
                         .type = readable(kernel.type),
                         .launches = kernel.launches,
                         .blocks = kernel.blocks,
                         .threads = kernel.threads,
                         .shared_bytes = kernel.shared_bytes,
                         .lines = by_line(kernel),
                         .global = {},
                         .shared = {},
                         .atomics = {},
                         .bulk_shared_bytes = 0,
                         .read_bytes = kernel.read.bytes(),
                         .written_bytes = kernel.written.bytes(),
                         .read_sectors = kernel.read.sectors(),
                         .written_sectors = kernel.written.sectors(),
                         .barriers = kernel.barriers,
                         .collectives = kernel.collectives,
                         .operations_by_line = operations_by_line(kernel.executions),
                         .operations = {},
                         .matrix_operations = kernel.matrix_operations};
  for (OperationsOfLine const& line : result.operations_by_line) result.operations += line.operations;
  for (LineReport const& line : result.lines) {
    if (line.bulk && line.space == Space::shared)
      result.bulk_shared_bytes += line.counts.useful_bytes;
    else
      (line.space == Space::global ? result.global : result.shared) += line.counts;
    if (line.kind == AccessKind::atomic) result.atomics += line.counts;
  }
  return result;
}

}  // namespace

std::vector<KernelReport> report(Inspector const& inspector) {
  std::vector<KernelReport> reports;
  for (KernelCounts const& kernel : inspector.kernels()) reports.push_back(report_of(kernel));
  return reports;
}

}  // namespace heddle::emulated
