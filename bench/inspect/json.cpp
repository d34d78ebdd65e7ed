// The inspection as JSON.
#include <nlohmann/json.hpp>

#include "bench/inspect/inspection.h"

namespace heddle::inspect {
namespace {

using Json = nlohmann::ordered_json;

Json counts(emulated::AccessCounts const& counts) {
  return {{"requests", counts.requests},
          {"divergent_requests", counts.divergent},
          {"active_share", counts.active_share()},
          {"useful_bytes", counts.useful_bytes},
          {"sectors", counts.sectors},
          {"efficiency", counts.efficiency()},
          {"wavefronts", counts.wavefronts},
          {"conflicts", counts.conflicts()}};
}

Json place(emulated::SourceLine const& line) { return {{"file", shown(line.file)}, {"line", line.line}}; }

Json line(emulated::LineReport const& line) {
  Json result = {{"at", place(line.place.line)},
                 {"in", place(line.place.detail)},
                 {"memory", name_of(line.space)},
                 {"access", name_of(line.kind)},
                 {"bulk", line.bulk},
                 {"lane_bytes", line.bytes}};
  result.update(counts(line.counts));
  return result;
}

Json operations(std::vector<emulated::OperationsOfLine> const& lines) {
  Json all = Json::array();
  for (emulated::OperationsOfLine const& line : lines)
    all.push_back({{"at", place(line.place.line)},
                   {"in", place(line.place.detail)},
                   {"operations", line.operations.arithmetic},
                   {"special_functions", line.operations.special}});
  return all;
}

Json rendezvous(std::map<emulated::RendezvousSite, u64> const& sites) {
  Json all = Json::array();
  for (auto const& [site, times] : sites)
    all.push_back({{"name", site.name}, {"file", shown(site.file)}, {"line", site.line}, {"times", times}});
  return all;
}

Json resources(std::map<std::string, Resources> const& resources) {
  Json all = Json::object();
  for (auto const& [architecture, used] : resources)
    all[architecture] = {{"registers", used.registers},
                         {"shared_bytes", used.shared_bytes},
                         {"spilled_bytes", used.spilled_bytes},
                         {"blocks_of_multiprocessor", used.blocks_of_multiprocessor},
                         {"occupancy", used.occupancy}};
  return all;
}

Json kernel(emulated::KernelReport const& kernel, std::map<std::string, Resources> const& used) {
  Json lines = Json::array();
  for (emulated::LineReport const& report : kernel.lines) lines.push_back(line(report));
  return {{"name", kernel.name},
          {"type", kernel.type},
          {"launches", kernel.launches},
          {"blocks", kernel.blocks},
          {"threads", kernel.threads},
          {"shared_bytes", kernel.shared_bytes},
          {"resources", resources(used)},
          {"global", counts(kernel.global)},
          {"shared", counts(kernel.shared)},
          {"atomics", counts(kernel.atomics)},
          {"moved_bytes", kernel.moved_bytes()},
          {"least_bytes", kernel.least_bytes()},
          {"read_bytes", kernel.read_bytes},
          {"written_bytes", kernel.written_bytes},
          {"operations", kernel.operations.arithmetic},
          {"special_functions", kernel.operations.special},
          {"matrix_operations", kernel.matrix_operations},
          {"barriers", rendezvous(kernel.barriers)},
          {"collectives", rendezvous(kernel.collectives)},
          {"lines", lines},
          {"operations_by_line", operations(kernel.operations_by_line)}};
}

}  // namespace

std::string as_json(Inspection const& inspection) {
  Json kernels = Json::array();
  for (std::size_t i = 0; i < inspection.launched.size(); ++i)
    kernels.push_back(kernel(inspection.launched[i], inspection.resources[i]));
  Json const all = {{"kernel", inspection.kernel},
                    {"shape", inspection.shape},
                    {"type", inspection.type},
                    {"declared_bytes", inspection.declared.bytes()},
                    {"declared_operations", inspection.declared.flops},
                    {"moved_bytes", moved_bytes(inspection)},
                    {"least_bytes", least_bytes(inspection)},
                    {"operations", operations(inspection).arithmetic},
                    {"special_functions", operations(inspection).special},
                    {"matrix_operations", matrix_operations(inspection)},
                    {"kernels", kernels}};
  return all.dump(2) + "\n";
}

}  // namespace heddle::inspect
