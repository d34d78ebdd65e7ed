#include "bench/inspect/annotated_source.h"

#include <algorithm>
#include <fstream>

namespace heddle::inspect {
namespace {

using Sources = std::map<std::string, AnnotatedSource>;

std::vector<std::string> read_lines(std::string const& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

LineNotes& notes_of(Sources& sources, std::string const& file, int line) {
  auto const [entry, is_new] = sources.try_emplace(file);
  if (is_new) {
    entry->second.file = shown(file);
    entry->second.text = read_lines(file);
  }
  return entry->second.notes[line];
}

void add(LineNotes& notes, emulated::LineReport const& report) {
  (report.space == emulated::Space::global ? notes.global : notes.shared) += report.counts;
}
void add(LineNotes& notes, emulated::OperationsOfLine const& report) { notes.operations += report.operations; }

/// To the line of the kernel, and to that of the function it called.
template <class Report>
void add(Sources& sources, std::vector<Report> const& lines) {
  for (Report const& report : lines) {
    auto const& [line, detail] = report.place;
    add(notes_of(sources, line.file, line.line), report);
    sources[line.file].is_kernel = true;
    if (detail.file != line.file) add(notes_of(sources, detail.file, detail.line), report);
  }
}

void add(Sources& sources, std::map<emulated::RendezvousSite, u64> const& sites) {
  for (auto const& [site, times] : sites)
    notes_of(sources, site.file, static_cast<int>(site.line))
        .rendezvous.push_back(std::to_string(times) + " × " + site.name);
}

}  // namespace

std::vector<AnnotatedSource> annotated_sources(Inspection const& inspection) {
  Sources sources;
  for (emulated::KernelReport const& kernel : inspection.launched) {
    add(sources, kernel.lines);
    add(sources, kernel.operations_by_line);
    add(sources, kernel.barriers);
    add(sources, kernel.collectives);
  }
  std::vector<AnnotatedSource> result;
  for (auto& [file, source] : sources) result.push_back(std::move(source));
  std::stable_partition(result.begin(), result.end(), [](AnnotatedSource const& source) { return source.is_kernel; });
  return result;
}

}  // namespace heddle::inspect
