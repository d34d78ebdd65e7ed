// The places in the code from which memory is accessed, numbered in the order of their first access.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <source_location>
#include <unordered_map>
#include <vector>

#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

enum class Space : u8 { global, shared };

struct AccessSite {
  void const* code = nullptr;
  std::source_location where;  // line 0 for plain C++
  AccessKind kind = AccessKind::read;
  Space space = Space::global;
  u32 bytes = 0;
  bool bulk = false;  // by a bulk copy or wgmma, and not by lanes

  bool operator==(AccessSite const& other) const {
    return code == other.code && std::bit_cast<void const*>(where) == std::bit_cast<void const*>(other.where) &&
           bytes == other.bytes && kind == other.kind && space == other.space && bulk == other.bulk;
  }
};

class AccessSites {
 public:
  // At every access: the members are compared as they are, because a copy that is read at once stalls.
  u32 number(Access const& access, Space space, bool bulk = false) {
    Numbered& recent = recent_[hash(access.site, access.where) % recent_.size()];
    AccessSite const& site = recent.site;
    if (site.code != access.site ||
        std::bit_cast<void const*>(site.where) != std::bit_cast<void const*>(access.where) ||
        site.bytes != access.bytes || site.kind != access.kind || site.space != space || site.bulk != bulk)
      find(access, space, bulk, recent);
    return recent.number;
  }
  AccessSite const& operator[](u32 number) const { return sites_[number]; }
  u32 size() const { return static_cast<u32>(sites_.size()); }
  void clear() { *this = {}; }

 private:
  static std::size_t hash(void const* code, std::source_location where) {
    return std::bit_cast<std::uintptr_t>(code) ^ std::bit_cast<std::uintptr_t>(where) >> 3;
  }
  struct Hash {
    std::size_t operator()(AccessSite const& site) const { return hash(site.code, site.where); }
  };
  struct Numbered {
    AccessSite site;
    u32 number = 0;
  };

  [[gnu::noinline]] void find(Access const& access, Space space, bool bulk, Numbered& found) {
    AccessSite const site = {access.site, access.where, access.kind, space, access.bytes, bulk};
    auto const [entry, is_new] = numbers_.try_emplace(site, size());
    if (is_new) sites_.push_back(site);
    found = {site, entry->second};
  }

  std::vector<AccessSite> sites_;
  std::unordered_map<AccessSite, u32, Hash> numbers_;
  std::array<Numbered, 256> recent_;  // by hash
};

}  // namespace heddle::emulated
