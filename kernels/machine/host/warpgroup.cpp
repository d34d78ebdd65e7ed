#include "kernels/machine/host/warpgroup.h"

#include <algorithm>

#include "kernels/core/error.h"

namespace heddle::emulated {

void Warpgroup::begin() {
  products_ = {};
  executed_ = {};
  first_ = 0;
  instructions_.clear();
}

void Warpgroup::execute(int warp, WarpgroupInstruction const& instruction) {
  u64 const number = executed_[static_cast<std::size_t>(warp)]++;
  if (number - first_ == instructions_.size()) instructions_.push_back(instruction);
  WarpgroupInstruction const& other = instructions_[number - first_];
  if (other.kind != instruction.kind || other.operands != instruction.operands)
    fail(instruction.name, " at ", describe(instruction.where),
         ": the warps of a warpgroup execute the same, but another has come to ", other.name, " at ",
         describe(other.where), " with other operands or another shape");
  if (std::ranges::min(executed_) > first_) {
    instructions_.pop_front();
    ++first_;
  }
}

bool Warpgroup::all_issued(u64 count) const {
  return std::ranges::all_of(products_, [&](WarpProducts const& products) { return products.issued >= count; });
}

std::string Warpgroup::describe_products() const {
  std::string text = "products issued by its warps:";
  for (WarpProducts const& products : products_)
    text += (&products == products_.data() ? " " : ", ") + std::to_string(products.issued);
  return text;
}

void RegisterPool::begin(int threads) {
  of_warp_.fill(std::min(256, 65536 / threads / 8 * 8));
  free_ = 0;
}

bool RegisterPool::give(int warp, int count) {
  int& owned = of_warp_[static_cast<std::size_t>(warp)];
  int const more = (count - owned) * warp_size;
  if (more > free_) return false;
  free_ -= more;
  owned = count;
  return true;
}

}  // namespace heddle::emulated
