#include "ops/tf32.h"

#include <utility>

namespace heddle::ops {
namespace {

thread_local bool allowed_on_thread = false;

}  // namespace

Tf32Products::Tf32Products(bool allowed) : outer_(std::exchange(allowed_on_thread, allowed)) {}
Tf32Products::~Tf32Products() { allowed_on_thread = outer_; }
bool Tf32Products::allowed_here() { return allowed_on_thread; }

}  // namespace heddle::ops
