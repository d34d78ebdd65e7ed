#include "ops/tf32.h"

#include <utility>

namespace heddle::ops {
namespace {

thread_local bool allowed_here = false;

}  // namespace

Tf32Products::Tf32Products(bool allowed) : outer_(std::exchange(allowed_here, allowed)) {}
Tf32Products::~Tf32Products() { allowed_here = outer_; }
bool Tf32Products::allowed() { return allowed_here; }

}  // namespace heddle::ops
