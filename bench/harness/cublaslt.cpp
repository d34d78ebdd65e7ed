#include "bench/harness/cublaslt.h"

#include <dlfcn.h>

#include <array>
#include <concepts>
#include <initializer_list>

#include "kernels/core/error.h"

namespace heddle::bench {
namespace {

// What of cublasLt.h is needed, so that it need not be installed: versions 12 and 13.
struct Algorithm {
  u64 data[8];
};
struct Proposal {
  Algorithm algorithm;
  std::size_t workspace_bytes;
  int status;
  float waves;
  int reserved[4];
};
using Handle = void*;
using Description = void*;
using Layout = void*;
using Preference = void*;
constexpr int type_f32 = 0, type_f16 = 2, type_bf16 = 14, sums_f32 = 68, transpose = 1;
constexpr int attribute_transpose_a = 3, attribute_transpose_b = 4, attribute_workspace = 1;
constexpr std::size_t workspace_bytes = std::size_t{32} << 20;

template <class T>
constexpr int type_of = std::same_as<T, f32>   ? type_f32
                        : std::same_as<T, f16> ? type_f16
                                               : type_bf16;

struct Library {
  void* file = nullptr;
  Handle handle = nullptr;
  int (*create)(Handle*) = nullptr;
  int (*create_description)(Description*, int sums, int scale_type) = nullptr;
  int (*describe)(Description, int attribute, void const*, std::size_t) = nullptr;
  int (*destroy_description)(Description) = nullptr;
  int (*create_layout)(Layout*, int type, u64 rows, u64 columns, i64 leading) = nullptr;
  int (*destroy_layout)(Layout) = nullptr;
  int (*create_preference)(Preference*) = nullptr;
  int (*prefer)(Preference, int attribute, void const*, std::size_t) = nullptr;
  int (*destroy_preference)(Preference) = nullptr;
  int (*propose)(Handle, Description, Layout a, Layout b, Layout c, Layout d, Preference, int most, Proposal*,
                 int* count) = nullptr;
  int (*multiply)(Handle, Description, void const* alpha, void const* a, Layout, void const* b, Layout,
                  void const* beta, void const* c, Layout, void* d, Layout, Algorithm const*, void* workspace,
                  std::size_t, void* stream) = nullptr;
  std::string absence;

  Library() {
    for (char const* name : {"libcublasLt.so.13", "libcublasLt.so.12"})
      if (file == nullptr) file = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr) {
      absence = "no libcublasLt.so.13 or .12 on the library path";
      return;
    }
    find(create, "cublasLtCreate");
    find(create_description, "cublasLtMatmulDescCreate");
    find(describe, "cublasLtMatmulDescSetAttribute");
    find(destroy_description, "cublasLtMatmulDescDestroy");
    find(create_layout, "cublasLtMatrixLayoutCreate");
    find(destroy_layout, "cublasLtMatrixLayoutDestroy");
    find(create_preference, "cublasLtMatmulPreferenceCreate");
    find(prefer, "cublasLtMatmulPreferenceSetAttribute");
    find(destroy_preference, "cublasLtMatmulPreferenceDestroy");
    find(propose, "cublasLtMatmulAlgoGetHeuristic");
    find(multiply, "cublasLtMatmul");
    if (absence.empty() && create(&handle) != 0) absence = "cublasLtCreate failed";
  }

  template <class Function>
  void find(Function& function, char const* name) {
    function = reinterpret_cast<Function>(dlsym(file, name));
    if (function == nullptr) absence = std::string("libcublasLt has no ") + name;
  }
};

Library const& library() {
  static Library const opened;
  return opened;
}

void require(int status, char const* call) { check(status == 0, "[cublaslt] ", call, " failed: status=", status); }

}  // namespace

std::string cublaslt_absence() { return library().absence; }

/// In its column-major view d^T = op(b)^T op(a)^T, so that b comes first.
struct CublasLtProduct::Plan {
  Description description = nullptr;
  Layout a = nullptr, b = nullptr, d = nullptr;
  Preference preference = nullptr;
  std::array<Proposal, 10> proposals = {};
  int count = 0;
  std::unique_ptr<void, void (*)(void*) noexcept> workspace = {cuda::memory.allocate(workspace_bytes),
                                                               cuda::memory.free};

  ~Plan() {
    Library const& lt = library();
    for (Layout const layout : {a, b, d})
      if (layout != nullptr) lt.destroy_layout(layout);
    if (preference != nullptr) lt.destroy_preference(preference);
    if (description != nullptr) lt.destroy_description(description);
  }

  static void lay_out(Layout& layout, int type, i64 rows, i64 columns, i64 leading) {
    require(library().create_layout(&layout, type, static_cast<u64>(columns), static_cast<u64>(rows), leading),
            "cublasLtMatrixLayoutCreate");
  }
};

template <class T>
CublasLtProduct::CublasLtProduct(GemmArgs<T> const& args) {
  Library const& lt = library();
  check(lt.absence.empty(), "[cublaslt] ", lt.absence);
  plan_ = std::make_unique<Plan>();
  Plan& plan = *plan_;
  require(lt.create_description(&plan.description, sums_f32, type_f32), "cublasLtMatmulDescCreate");
  if (args.transpose_b)
    require(lt.describe(plan.description, attribute_transpose_a, &transpose, sizeof transpose), "transpose");
  if (args.transpose_a)
    require(lt.describe(plan.description, attribute_transpose_b, &transpose, sizeof transpose), "transpose");
  Plan::lay_out(plan.a, type_of<T>, args.transpose_a ? args.k : args.m, args.transpose_a ? args.m : args.k, args.lda);
  Plan::lay_out(plan.b, type_of<T>, args.transpose_b ? args.n : args.k, args.transpose_b ? args.k : args.n, args.ldb);
  Plan::lay_out(plan.d, type_of<T>, args.m, args.n, args.ldd);
  require(lt.create_preference(&plan.preference), "cublasLtMatmulPreferenceCreate");
  require(lt.prefer(plan.preference, attribute_workspace, &workspace_bytes, sizeof workspace_bytes), "preference");
  // Where there is no kernel it says so by its status.
  if (lt.propose(lt.handle, plan.description, plan.b, plan.a, plan.d, plan.d, plan.preference,
                 static_cast<int>(plan.proposals.size()), plan.proposals.data(), &plan.count) != 0)
    plan.count = 0;
}

CublasLtProduct::~CublasLtProduct() = default;

int CublasLtProduct::count() const { return plan_->count; }

template <class T>
void CublasLtProduct::launch(GemmArgs<T> const& args, int i) const {
  Library const& lt = library();
  f32 const alpha = args.alpha, beta = 0;
  Plan const& p = *plan_;
  require(lt.multiply(lt.handle, p.description, &alpha, args.b, p.b, args.a, p.a, &beta, args.d, p.d, args.d, p.d,
                      &p.proposals[static_cast<std::size_t>(i)].algorithm, p.workspace.get(), workspace_bytes, nullptr),
          "cublasLtMatmul");
}

template CublasLtProduct::CublasLtProduct(GemmArgs<f32> const&);
template CublasLtProduct::CublasLtProduct(GemmArgs<f16> const&);
template CublasLtProduct::CublasLtProduct(GemmArgs<bf16> const&);
template void CublasLtProduct::launch(GemmArgs<f32> const&, int) const;
template void CublasLtProduct::launch(GemmArgs<f16> const&, int) const;
template void CublasLtProduct::launch(GemmArgs<bf16> const&, int) const;

}  // namespace heddle::bench
