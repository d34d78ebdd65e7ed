// The base of layers and models: a tree of modules, each with named parameters and buffers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/generator.h"

namespace heddle::nn {

class Module;

struct NamedTensor {
  std::string name;  // "layer1.0.conv1.weight": the names that PyTorch uses for the same model
  Tensor tensor;
};

struct NamedGenerator {
  std::string name;
  std::shared_ptr<Generator> generator;  // that of the module itself
};

/// Told of each module's result in the order in which they end; `path` is "" for the root.
using ForwardObserver = std::function<void(std::string const& path, Module& module, Tensor const& x, Tensor const& y)>;

class Module {
 public:
  Module() = default;
  virtual ~Module() = default;
  Module(Module const&) = delete;
  Module& operator=(Module const&) = delete;

  /// The module applied to x, inside a profiling range, with the observers told.
  Tensor operator()(Tensor const& x);

  /// "Conv2d", "ResNet", …: a literal.
  virtual std::string_view kind() const = 0;
  /// The options that matter to a reader of a summary, such as "64, 3x3, stride 2"; may be empty.
  virtual std::string details() const { return {}; }
  /// Multiply-adds of this module itself, children left out, for one such input and output.
  virtual i64 macs(Shape const& x, Shape const& y) const;

  /// Depth-first in the order of registration, names relative to this module.
  std::vector<NamedTensor> parameters() const;
  std::vector<NamedTensor> buffers() const;
  /// Parameters and buffers: all that a file of weights holds.
  std::vector<NamedTensor> state() const;
  /// Where the random numbers of training come from: with `state`, all that a resumed run needs. No file of weights
  /// holds them.
  std::vector<NamedGenerator> generators() const;

  /// Training mode (batch statistics, dropout) or inference mode, for the whole tree.
  void set_training(bool training);
  bool training() const { return training_; }
  /// Moves all parameters and buffers, with their gradients, for every handle that shares them.
  void to(Device device);

  /// Products (convolutions, linear maps) compute from now on with copies of their parameters in `type`: f32, f16 or
  /// bf16. The model then takes and gives activations of that type, and the gradients of these parameters have it. The
  /// parameters themselves, norms and buffers stay f32.
  void compute_in(DType type);
  DType compute_type() const { return compute_type_; }
  /// Beside `parameters`, in their order: the copy of each one; undefined where there is none.
  std::vector<Tensor> copies() const;
  /// Rounds the parameters into their copies. Who writes parameters calls it; optimizers write both.
  void update_copies();
  /// Lets go of all gradients.
  void clear_gradients();

  /// While it lives, every call on this thread of `root` or a module below it is told to `observer`, with its path.
  /// Observations nest: all that live are told, the innermost first.
  class Observation {
   public:
    Observation(Module& root, ForwardObserver observer);
    ~Observation();
    Observation(Observation const&) = delete;
    Observation& operator=(Observation const&) = delete;

   private:
    friend class Module;
    std::unordered_map<Module const*, std::string> paths_;
    ForwardObserver observer_;
    Observation* outer_;
  };

 protected:
  virtual Tensor forward(Tensor const& x) = 0;

  /// Registration, in constructors: the result, kept as a member, shares its tensor with the tree. A name is not empty,
  /// has no dot and is not taken.
  Tensor add_parameter(std::string name, Tensor value);
  /// Likewise a parameter of a product, which `compute_in` gives a copy.
  Tensor add_weight(std::string name, Tensor value);
  /// What to compute with in place of a parameter of this module: its copy, where it has one.
  Tensor const& computed(Tensor const& parameter) const;
  Tensor add_buffer(std::string name, Tensor value);
  std::shared_ptr<Generator> add_generator(std::string name, Generator value);
  template <class M>
  std::shared_ptr<M> add_module(std::string name, std::shared_ptr<M> module) {
    adopt(std::move(name), module);
    return module;
  }

 private:
  struct Parameter {
    std::string name;
    Tensor tensor;
    bool multiplies = false;
    Tensor copy = {};  // undefined: none
  };
  struct Child {
    std::string name;
    std::shared_ptr<Module> module;
  };

  void adopt(std::string name, std::shared_ptr<Module> module);
  void check_name(std::string const& name) const;
  /// Calls visit(path, module) for this module and, depth-first, all below it.
  void walk(std::string const& path, std::function<void(std::string const&, Module const&)> const& visit) const;

  static thread_local Observation* innermost_;

  Tensor add(Parameter parameter);

  std::vector<Parameter> parameters_;  // of this module itself
  std::vector<NamedTensor> buffers_;
  std::vector<NamedGenerator> generators_;
  std::vector<Child> children_;
  bool training_ = true;
  DType compute_type_ = DType::f32;
};

}  // namespace heddle::nn
