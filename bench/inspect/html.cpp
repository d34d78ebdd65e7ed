// The inspection as a page that needs nothing else.
#include <fmt/format.h>

#include "bench/inspect/annotated_source.h"

namespace heddle::inspect {
namespace {

constexpr char const* style = R"(
:root { color-scheme: light dark; --line: #8883; --good: #2da44e33; --fair: #d4a72c44; --poor: #cf222e44; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.type { font-family: ui-monospace, monospace; font-size: .85rem; opacity: .8; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .1rem .6rem; text-align: right; white-space: nowrap; }
th { border-bottom: 1px solid var(--line); font-weight: 600; position: sticky; top: 0; background: Canvas; }
.facts td { text-align: left; border-bottom: 1px solid var(--line); }
.source { font: 13px/1.45 ui-monospace, monospace; width: 100%; }
.source td.code, .source th.code { text-align: left; white-space: pre; width: 100%; border-left: 1px solid var(--line); }
.source td.number { opacity: .5; } .source tr.noted td.code { font-weight: 600; }
.good { background: var(--good); } .fair { background: var(--fair); } .poor { background: var(--poor); }
.note { opacity: .75; font-weight: 400; } summary { cursor: pointer; font-weight: 600; margin: 1rem 0; }
)";

std::string escaped(std::string const& text) {
  std::string result;
  for (char const c : text) switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  return result;
}

std::string cell(u64 value) { return value == 0 ? "<td></td>" : fmt::format("<td>{}</td>", value); }

std::string share_cell(bool known, double share) {
  if (!known) return "<td></td>";
  char const* const grade = share >= 0.9 ? "good" : share >= 0.45 ? "fair" : "poor";
  return fmt::format("<td class=\"{}\">{:.1f} %</td>", grade, 100 * share);
}

std::string fact(std::string const& name, std::string const& value) {
  return fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", name, value);
}

std::string source_row(AnnotatedSource const& source, int number, std::string const& text) {
  auto const found = source.notes.find(number);
  LineNotes const notes = found == source.notes.end() ? LineNotes{} : found->second;
  emulated::AccessCounts all = notes.global;
  all += notes.shared;
  std::string code = escaped(text);
  for (std::string const& rendezvous : notes.rendezvous)
    code += "  <span class=\"note\">" + escaped(rendezvous) + "</span>";
  std::string const conflicts = notes.shared.conflicts() == 0
                                    ? (notes.shared.requests == 0 ? "<td></td>" : "<td class=\"good\">0</td>")
                                    : fmt::format("<td class=\"poor\">{}</td>", notes.shared.conflicts());
  u64 const operations = notes.operations.arithmetic + notes.operations.special;
  return fmt::format("<tr{}><td class=\"number\">{}</td>{}{}{}{}{}{}<td class=\"code\">{}</td></tr>\n",
                     found == source.notes.end() ? "" : " class=\"noted\"", number, cell(all.requests),
                     cell(notes.global.sectors), share_cell(notes.global.sectors > 0, notes.global.efficiency()),
                     conflicts, share_cell(all.live_lanes > 0, all.active_share()), cell(operations), code);
}

std::string source_table(AnnotatedSource const& source) {
  std::string rows;
  for (std::size_t i = 0; i < source.text.size(); ++i)
    rows += source_row(source, static_cast<int>(i) + 1, source.text[i]);
  return "<div class=\"scroll\"><table class=\"source\">\n<tr><th></th><th>requests</th><th>sectors</th>"
         "<th>efficiency</th><th>conflicts</th><th>active</th><th>operations</th><th class=\"code\">" +
         escaped(source.file) + "</th></tr>\n" + rows + "</table></div>\n";
}

std::string kernel_section(emulated::KernelReport const& kernel, std::map<std::string, Resources> const& resources) {
  std::string facts = fact("blocks", fmt::format("{} of {} threads", kernel.blocks, kernel.threads));
  facts += fact("shared memory of a block", fmt::format("{} B", kernel.shared_bytes));
  for (auto const& [architecture, used] : resources)
    facts += fact(architecture,
                  fmt::format("{} registers, {} B spilled, {} blocks a multiprocessor, {:.1f} % occupancy",
                              used.registers, used.spilled_bytes, used.blocks_of_multiprocessor, 100 * used.occupancy));
  facts +=
      fact("global memory", fmt::format("{} requests, {} sectors, {:.1f} % efficient; {} B moved, at least {} B",
                                        kernel.global.requests, kernel.global.sectors, 100 * kernel.global.efficiency(),
                                        kernel.moved_bytes(), kernel.least_bytes()));
  facts +=
      fact("shared memory", fmt::format("{} requests, {} wavefronts, {} of them by bank conflicts",
                                        kernel.shared.requests, kernel.shared.wavefronts, kernel.shared.conflicts()));
  facts += fact("atomics", fmt::format("{} requests of {} lanes", kernel.atomics.requests, kernel.atomics.lanes));
  facts += fact("operations",
                fmt::format("{} by threads, {} by the matrix unit; {} special functions", kernel.operations.arithmetic,
                            kernel.matrix_operations, kernel.operations.special));
  facts +=
      fact("requests without some live lanes", fmt::format("{}", kernel.global.divergent + kernel.shared.divergent));
  return fmt::format("<h2>{}</h2>\n<p class=\"type\">{}</p>\n<table class=\"facts\">\n{}</table>\n",
                     escaped(kernel.name), escaped(kernel.type), facts);
}

std::string summary(Inspection const& inspection) {
  double const declared = inspection.declared.bytes();
  auto const bytes = [&](u64 value) {
    return fmt::format("{} B, {:.3f} × the declared", value, static_cast<double>(value) / declared);
  };
  return "<table class=\"facts\">\n" + fact("declared", fmt::format("{:.0f} B", declared)) +
         fact("least that must move: each touched sector once", bytes(least_bytes(inspection))) +
         fact("moved by requests: a cache may serve a part", bytes(moved_bytes(inspection))) +
         fact("operations", operations_text(inspection)) + "</table>\n";
}

}  // namespace

std::string as_html(Inspection const& inspection) {
  std::string const title = escaped(fmt::format("{} {} {}", inspection.kernel, inspection.shape, inspection.type));
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n<style>{1}</style></head>\n"
      "<body>\n<h1>{0}</h1>\n",
      title, style);
  page += summary(inspection);
  for (std::size_t i = 0; i < inspection.launched.size(); ++i)
    page += kernel_section(inspection.launched[i], inspection.resources[i]);
  page += "<h2>Source</h2>\n";
  for (AnnotatedSource const& source : annotated_sources(inspection))
    page += source.is_kernel
                ? source_table(source)
                : "<details><summary>" + escaped(source.file) + "</summary>" + source_table(source) + "</details>\n";
  return page + "</body></html>\n";
}

}  // namespace heddle::inspect
