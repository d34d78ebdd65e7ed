#include "ops/out_of_memory.h"

#include <array>
#include <cstdio>
#include <utility>

namespace heddle {

OutOfMemory::OutOfMemory(std::string tensor, std::string held)
    : Error(""), tensor_(std::move(tensor)), held_(std::move(held)) {
  compose();
}

void OutOfMemory::set_tensor(std::string tensor) {
  tensor_ = std::move(tensor);
  compose();
}

void OutOfMemory::set_place(std::string place) {
  place_ = std::move(place);
  compose();
}

void OutOfMemory::set_remedy(std::string remedy) {
  remedy_ = std::move(remedy);
  compose();
}

void OutOfMemory::compose() {
  text_ = "[memory] no room for " + tensor_ + (place_.empty() ? "" : " in " + place_) + ": " + held_ + "; " + remedy_;
}

std::string memory_text(std::size_t bytes) {
  constexpr std::array<char const*, 4> units = {"B", "KiB", "MiB", "GiB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  return text.data();
}

}  // namespace heddle
