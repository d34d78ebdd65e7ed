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

void add(Sources& sources, emulated::SourceLine const& line, emulated::LineReport const& report) {
  LineNotes& notes = notes_of(sources, line.file, line.line);
  (report.space == emulated::Space::global ? notes.global : notes.shared) += report.counts;
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
    for (emulated::LineReport const& line : kernel.lines) {
      add(sources, line.place.line, line);
      sources[line.place.line.file].is_kernel = true;
      if (line.place.detail.file != line.place.line.file) add(sources, line.place.detail, line);
    }
    add(sources, kernel.barriers);
    add(sources, kernel.collectives);
  }
  std::vector<AnnotatedSource> result;
  for (auto& [file, source] : sources) result.push_back(std::move(source));
  std::stable_partition(result.begin(), result.end(), [](AnnotatedSource const& source) { return source.is_kernel; });
  return result;
}

}  // namespace heddle::inspect
