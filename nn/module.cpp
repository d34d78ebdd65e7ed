#include "nn/module.h"

#include <algorithm>
#include <utility>

#include "kernels/core/error.h"
#include "ops/elementwise.h"
#include "profiling/range.h"

namespace heddle::nn {
namespace {

std::string joined(std::string const& path, std::string const& name) { return path.empty() ? name : path + "." + name; }

/// Members have a name and a tensor.
template <class Members>
void append(std::vector<NamedTensor>& list, std::string const& path, Members const& members) {
  for (auto const& member : members) list.push_back({joined(path, member.name), member.tensor});
}

}  // namespace

thread_local Module::Observation* Module::innermost_ = nullptr;

Module::Observation::Observation(Module& root, ForwardObserver observer)
    : observer_(std::move(observer)), outer_(std::exchange(innermost_, this)) {
  root.walk("", [this](std::string const& path, Module const& module) { paths_.emplace(&module, path); });
}

Module::Observation::~Observation() { innermost_ = outer_; }

Tensor Module::operator()(Tensor const& x) {
  profiling::Range const range(kind().data());
  Tensor y = forward(x);
  for (Observation const* o = innermost_; o; o = o->outer_)
    if (auto const found = o->paths_.find(this); found != o->paths_.end()) o->observer_(found->second, *this, x, y);
  return y;
}

i64 Module::macs(Shape const&, Shape const&) const { return 0; }

std::vector<NamedTensor> Module::parameters() const {
  std::vector<NamedTensor> result;
  walk("", [&](std::string const& path, Module const& module) { append(result, path, module.parameters_); });
  return result;
}

std::vector<NamedTensor> Module::buffers() const {
  std::vector<NamedTensor> result;
  walk("", [&](std::string const& path, Module const& module) { append(result, path, module.buffers_); });
  return result;
}

std::vector<NamedTensor> Module::state() const {
  std::vector<NamedTensor> result;
  walk("", [&](std::string const& path, Module const& module) {
    append(result, path, module.parameters_);
    append(result, path, module.buffers_);
  });
  return result;
}

std::vector<NamedGenerator> Module::generators() const {
  std::vector<NamedGenerator> result;
  walk("", [&](std::string const& path, Module const& module) {
    for (auto const& [name, generator] : module.generators_) result.push_back({joined(path, name), generator});
  });
  return result;
}

void Module::set_training(bool training) {
  training_ = training;
  for (Child const& child : children_) child.module->set_training(training);
}

void Module::to(Device device) {
  for (NamedTensor& t : state()) t.tensor.move_to(device);
  for (Tensor& copy : copies())
    if (copy.defined()) copy.move_to(device);
}

void Module::compute_in(DType type) {
  check(type == DType::f32 || type == DType::f16 || type == DType::bf16,
        "[module] computes in f32, f16 or bf16: ", heddle::name(type));
  compute_type_ = type;
  for (Parameter& parameter : parameters_) {
    parameter.copy = {};
    if (!parameter.multiplies || type == DType::f32) continue;
    parameter.copy = ops::cast(parameter.tensor, type);
    parameter.copy.share_gradient_of(parameter.tensor);
  }
  for (Child const& child : children_) child.module->compute_in(type);
}

std::vector<Tensor> Module::copies() const {
  std::vector<Tensor> result;
  walk("", [&](std::string const&, Module const& module) {
    for (Parameter const& parameter : module.parameters_) result.push_back(parameter.copy);
  });
  return result;
}

void Module::update_copies() {
  for (Parameter& parameter : parameters_)
    if (parameter.copy.defined()) parameter.copy.copy_from(ops::cast(parameter.tensor, compute_type_));
  for (Child const& child : children_) child.module->update_copies();
}

void Module::clear_gradients() {
  for (NamedTensor& t : parameters()) t.tensor.clear_gradient();
}

Tensor Module::add(Parameter parameter) {
  check_name(parameter.name);
  parameter.tensor.set_requires_gradient(true);
  return parameters_.emplace_back(std::move(parameter)).tensor;
}

Tensor Module::add_parameter(std::string name, Tensor value) {
  return add({.name = std::move(name), .tensor = std::move(value)});
}

Tensor Module::add_weight(std::string name, Tensor value) {
  return add({.name = std::move(name), .tensor = std::move(value), .multiplies = true});
}

Tensor const& Module::computed(Tensor const& parameter) const {
  auto const same = [&](Parameter const& p) { return p.tensor.is(parameter); };
  auto const found = std::ranges::find_if(parameters_, same);
  return found != parameters_.end() && found->copy.defined() ? found->copy : parameter;
}

Tensor Module::add_buffer(std::string name, Tensor value) {
  check_name(name);
  return buffers_.emplace_back(NamedTensor{std::move(name), std::move(value)}).tensor;
}

std::shared_ptr<Generator> Module::add_generator(std::string name, Generator value) {
  check_name(name);
  return generators_.emplace_back(NamedGenerator{std::move(name), std::make_shared<Generator>(value)}).generator;
}

void Module::adopt(std::string name, std::shared_ptr<Module> module) {
  check_name(name);
  check(module != nullptr, "[module] ", kind(), ": module \"", name, "\" is null");
  children_.push_back({std::move(name), std::move(module)});
}

void Module::check_name(std::string const& name) const {
  auto const taken = [&name](auto const& entries) {
    return std::ranges::any_of(entries, [&name](auto const& entry) { return entry.name == name; });
  };
  check(!name.empty() && name.find('.') == std::string::npos, "[module] the name \"", name,
        "\" must have letters and no dot");
  check(!taken(parameters_) && !taken(buffers_) && !taken(generators_) && !taken(children_), "[module] the name \"",
        name, "\" is taken");
}

void Module::walk(std::string const& path, std::function<void(std::string const&, Module const&)> const& visit) const {
  visit(path, *this);
  for (Child const& child : children_) child.module->walk(joined(path, child.name), visit);
}

}  // namespace heddle::nn
