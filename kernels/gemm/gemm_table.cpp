#include "kernels/gemm/gemm_table.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kernels/core/error.h"
#include "kernels/gemm/gemm_configurations.h"

namespace heddle {

GemmTable::GemmTable(std::istream& text, std::string const& name) {
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string type, transposes, choice, more;
    if (!(words >> type)) continue;
    i64 m = 0, n = 0, k = 0;
    bool const read = static_cast<bool>(words >> transposes >> m >> n >> k >> choice) && !(words >> more);
    bool const known = (type == "f32" || type == "f16" || type == "bf16") &&
                       transposes.find_first_not_of("nt") == std::string::npos && transposes.size() == 2;
    check(read && known && m > 0 && n > 0 && k > 0, "[gemm] ", name, ":", number,
          ": expected 'TYPE nn|nt|tn|tt M N K CHOICE': '", line, "'; tune anew");
    auto const found = find_gemm_choice(choice);
    check(found.has_value(), "[gemm] ", name, ":", number, ": there is no configuration '", choice, "'; tune anew");
    choices_[{type, transposes[0] == 't', transposes[1] == 't', m, n, k}] = *found;
  }
}

GemmTable const& GemmTable::of_environment() {
  static GemmTable const table = [] {
    char const* const path = std::getenv("HEDDLE_GEMM_TABLE");
    if (path == nullptr || *path == 0) return GemmTable();
    std::ifstream file(path);
    check(file.good(), "[gemm] HEDDLE_GEMM_TABLE names a file that cannot be read: ", path);
    return GemmTable(file, path);
  }();
  return table;
}

}  // namespace heddle
