// The inspection as text.
#include <fmt/format.h>

#include <iterator>

#include "bench/inspect/inspection.h"

namespace heddle::inspect {
namespace {

using emulated::KernelReport;
using emulated::LineReport;

template <class... Values>
void add(std::string& text, fmt::format_string<Values...> format, Values&&... values) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Values>(values)...);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string text_of(emulated::KernelLine const& place) {
  std::string const text = describe(place.line);
  return place.detail == place.line ? text : text + " in " + describe(place.detail);
}

void add_line(std::string& text, LineReport const& line) {
  bool const global = line.space == emulated::Space::global;
  add(text, "  {:48} {} {:6} {:3} B {:10} {:>12} {:>10} {:>10} {:>8}\n", text_of(line.place), name_of(line.space),
      name_of(line.kind), line.bytes, line.counts.requests, global ? std::to_string(line.counts.sectors) : "",
      global ? percent(line.counts.efficiency()) : "",
      global || line.bulk ? "" : std::to_string(line.counts.conflicts()),
      line.bulk ? "bulk" : percent(line.counts.active_share()));
}

void add_operations(std::string& text, KernelReport const& kernel) {
  if (!kernel.operations_by_line.empty()) add(text, "  {:48} {:>14} {:>10}\n", "line", "operations", "special");
  for (emulated::OperationsOfLine const& line : kernel.operations_by_line)
    add(text, "  {:48} {:14} {:>10}\n", text_of(line.place), line.operations.arithmetic,
        line.operations.special == 0 ? "" : std::to_string(line.operations.special));
  add(text, "  operations: {} by threads, {} by the matrix unit; {} special functions\n", kernel.operations.arithmetic,
      kernel.matrix_operations, kernel.operations.special);
}

void add_rendezvous(std::string& text, std::map<emulated::RendezvousSite, u64> const& sites, char const* who) {
  for (auto const& [site, times] : sites)
    add(text, "  {} at {}: {} times by a {}\n", site.name,
        describe(emulated::SourceLine{site.file, static_cast<int>(site.line)}), times, who);
}

void add_resources(std::string& text, std::map<std::string, Resources> const& resources) {
  if (resources.empty()) add(text, "  registers: not known (kernels/resources.json has no such kernel)\n");
  for (auto const& [architecture, used] : resources)
    add(text, "  {}: {} registers, {} B of shared memory, {} B spilled, {} blocks a multiprocessor, {} occupancy\n",
        architecture, used.registers, used.shared_bytes, used.spilled_bytes, used.blocks_of_multiprocessor,
        percent(used.occupancy));
}

void add_kernel(std::string& text, KernelReport const& kernel, std::map<std::string, Resources> const& resources) {
  add(text, "\n{}: {}\n", kernel.name, kernel.type);
  add(text, "  {} blocks of {} threads, {} B of shared memory\n", kernel.blocks, kernel.threads, kernel.shared_bytes);
  add_resources(text, resources);
  add(text, "  {:48} {:6} {:6} {:>5} {:>10} {:>12} {:>10} {:>10} {:>8}\n", "line", "memory", "access", "lane",
      "requests", "sectors", "efficiency", "conflicts", "active");
  for (LineReport const& line : kernel.lines) add_line(text, line);
  add(text, "  global: {} requests, {} sectors, {} efficient; {} B moved, at least {} B; {} of the requests diverge\n",
      kernel.global.requests, kernel.global.sectors, percent(kernel.global.efficiency()), kernel.moved_bytes(),
      kernel.least_bytes(), kernel.global.divergent);
  add(text, "  shared: {} requests, {} wavefronts, {} of them by bank conflicts; {} of the requests diverge\n",
      kernel.shared.requests, kernel.shared.wavefronts, kernel.shared.conflicts(), kernel.shared.divergent);
  if (kernel.bulk_shared_bytes > 0)
    add(text, "  shared: {} B read and written by bulk copies and wgmma, in pieces\n", kernel.bulk_shared_bytes);
  if (kernel.atomics.requests > 0)
    add(text, "  atomics: {} requests of {} lanes\n", kernel.atomics.requests, kernel.atomics.lanes);
  add_operations(text, kernel);
  add_rendezvous(text, kernel.barriers, "block");
  add_rendezvous(text, kernel.collectives, "warp");
}

}  // namespace

std::string as_table(Inspection const& inspection) {
  std::string text = fmt::format("{} {} {}\n", inspection.kernel, inspection.shape, inspection.type);
  double const declared = inspection.declared.bytes();
  auto const against = [&](u64 bytes) { return fmt::format("{:.3f} x", static_cast<double>(bytes) / declared); };
  add(text, "  declared:     {:.0f} B\n", declared);
  add(text, "  least moved:  {} B, {} the declared (each sector that is touched once)\n", least_bytes(inspection),
      against(least_bytes(inspection)));
  add(text, "  moved:        {} B, {} the declared (by requests; what is used again may come from a cache)\n",
      moved_bytes(inspection), against(moved_bytes(inspection)));
  add(text, "  operations:   {}\n", operations_text(inspection));
  for (std::size_t i = 0; i < inspection.launched.size(); ++i)
    add_kernel(text, inspection.launched[i], inspection.resources[i]);
  return text;
}

}  // namespace heddle::inspect
