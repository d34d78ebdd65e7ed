// ./heddle inspect: what the memory accesses of a kernel cost and what it computes, by the lines of its source.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "bench/inspect/inspection.h"
#include "bench/inspect/kernels.h"
#include "kernels/core/error.h"

namespace heddle::inspect {
namespace {

std::string list() {
  std::string text = "usage: heddle inspect KERNEL [SHAPE] [--type TYPE] [--json FILE] [--html FILE]\n";
  for (InspectedKernel const& kernel : inspected_kernels())
    text += fmt::format("  {:30} {}, such as {}; types {}\n", kernel.name, kernel.shape, shape_text(kernel.example),
                        fmt::join(kernel.types, ", "));
  return text;
}

void write(std::string const& file, std::string const& text) {
  if (file.empty()) return;
  std::ofstream stream(file);
  stream << text << std::flush;
  check(stream.good(), "[inspect] cannot write ", file);
}

int run(int argc, char** argv) {
  CLI::App app("Runs a kernel on the emulator and says what its lines cost: memory accesses, operations.",
               "heddle inspect");
  std::string kernel, shape, type, json, html, resources = HEDDLE_RESOURCES;
  app.add_option("KERNEL", kernel, "the kernel; without one, all are listed");
  app.add_option("SHAPE", shape, "its sizes, such as 64x4096");
  app.add_option("--type", type, "of the elements");
  app.add_option("--json", json, "also write a file of JSON");
  app.add_option("--html", html, "also write a page with the annotated source");
  app.add_option("--resources", resources, "what ptxas says of the kernels");
  try {
    app.parse(argc, argv);
  } catch (CLI::CallForHelp const&) {
    std::cout << app.help();
    return 0;
  } catch (CLI::ParseError const& error) {
    std::cerr << "[inspect] " << error.what() << "\n";
    return 2;
  }
  if (kernel.empty()) {
    std::cout << list();
    return 0;
  }
  Inspection const inspection = inspect(kernel, shape, type, resources);
  std::cout << as_table(inspection) << std::flush;
  write(json, as_json(inspection));
  write(html, as_html(inspection));
  return 0;
}

}  // namespace
}  // namespace heddle::inspect

int main(int argc, char** argv) try { return heddle::inspect::run(argc, argv); } catch (std::exception const& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
