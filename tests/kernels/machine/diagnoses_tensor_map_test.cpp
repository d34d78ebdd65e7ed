// Wrong tensor maps, and coordinates that do not fit them: the emulator says so; each corrected twin passes.
#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {
namespace {

constexpr u32 bytes = 32 * 8 * 4;

struct Boxes {
  alignas(1024) u32 words[32 * 8];
  MBarrier barrier;
};

struct Maps {
  bool wrong;
  TensorMap tile, image, other;  // 8 rows of 32 words; 8 pixels of 32 words; of other rank and type
};

alignas(128) u8 memory_of_tensor[4096];

Maps maps(bool wrong) {
  TiledTensor const tile = {
      .type = TensorType::u32, .rank = 2, .sizes = {32, 16}, .strides_bytes = {128}, .box = {32, 8}};
  TiledTensor const other = {.type = TensorType::u8, .rank = 1, .sizes = {4096}, .box = {128}};
  Im2colTensor const image = {.type = TensorType::u32,
                              .rank = 4,
                              .sizes = {32, 4, 4, 2},
                              .strides_bytes = {128, 512, 2048},
                              .lower_corner = {-1, -1},
                              .upper_corner = {-1, -1},
                              .channels_per_pixel = 32,
                              .pixels_per_column = 8};
  return {wrong, make_tensor_map(memory_of_tensor, tile), make_tensor_map(memory_of_tensor, image),
          make_tensor_map(memory_of_tensor, other)};
}

/// body(maps, shared) runs in each block's only thread, which has made the barrier.
template <class Body, int size>
struct CopyKernel {
  static constexpr int threads = 1, cluster_size = size;
  using Params = Maps;
  using SharedStorage = Boxes;
  void operator()(Maps const& p, Boxes& shared) const {
    mbarrier_init(shared.barrier, 1);
    fence_mbarrier_init();
    cluster_sync();
    Body{}(p, shared);
    cluster_sync();
  }
};

/// Expects that the body, when wrong, gives an Error with all of `parts` with every completion, and its twin none.
template <int size = 1, class Body>
void expect_refusal(Body, std::vector<std::string> const& parts) {
  for (Completion const completion : {Completion::eager, Completion::late, Completion::random}) {
    ScopedExecution const execution({.completion = completion});
    std::string const text = error_of([] { launch<CopyKernel<Body, size>>(size, maps(true), {}, "wrong"); });
    EXPECT_EQ(text.find("[wrong] block ("), 0u) << text;
    for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(error_of([] { launch<CopyKernel<Body, size>>(size, maps(false), {}, "right"); }), "(no error)");
  }
}

void await(Boxes& shared, u32 expected = bytes) {
  mbarrier_arrive_expect(shared.barrier, expected);
  mbarrier_wait(shared.barrier, 0);
}

TEST(TensorMapDiagnoses, NoMap) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        tensor_load(shared.words, p.wrong ? *reinterpret_cast<TensorMap const*>(memory_of_tensor) : p.tile, {0, 0},
                    shared.barrier);
        await(shared);
      },
      {"tensor_load at diagnoses_tensor_map_test.cpp:", "no tensor map of the emulator: map=0x", "; make it with"});
}

TEST(TensorMapDiagnoses, MapOnTheStack) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        TensorMap const copy = p.tile;
        tensor_map_prefetch(p.wrong ? copy : p.tile);
        tensor_load(shared.words, p.tile, {0, 0}, shared.barrier);
        await(shared);
      },
      {"tensor_map_prefetch at diagnoses_tensor_map_test.cpp:", "is a copy on the stack of the thread"});
}

TEST(TensorMapDiagnoses, MapOfAnotherKind) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        if (p.wrong) tensor_load(shared.words, p.image, {0, 0, 0, 0}, shared.barrier);
        tensor_load_im2col(shared.words, p.image, {0, 0, 0, 0}, {0, 0}, shared.barrier);
        await(shared);
      },
      {"tensor_load at ", "the map describes an Im2colTensor, this copy takes the other"});
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        if (p.wrong) tensor_load_im2col(shared.words, p.tile, {0, 0, 0}, {0}, shared.barrier);
        tensor_load(shared.words, p.tile, {0, 0}, shared.barrier);
        await(shared);
      },
      {"tensor_load_im2col at ", "the map describes a TiledTensor, this copy takes the other"});
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        if (p.wrong) tensor_store(p.image, {0, 0, 0, 0}, shared.words);
        tensor_store_im2col(p.image, {0, 0, 0, 0}, shared.words);
        bulk_commit();
        bulk_wait<0>();
      },
      {"tensor_store at ", "the map describes an Im2colTensor, this copy takes the other"});
}

TEST(TensorMapDiagnoses, CoordinatesOfAnotherRank) {
  expect_refusal(
      [](Maps const& p, Boxes&) {
        tensor_prefetch(p.wrong ? p.other : p.tile, {0, 0});
      },
      {"tensor_prefetch at ", "a tensor of rank 1 has as many coordinates, not 2"});
}

TEST(TensorMapDiagnoses, PositionOfThePixel) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        tensor_load_im2col(shared.words, p.image, {0, 0, p.wrong ? 3 : 2, 0}, {2, 2}, shared.barrier);
        await(shared);
      },
      {"tensor_load_im2col at ",
       "coordinate 2 of the base position must be from -1 to 2, between the corners: coordinate=3"});
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        tensor_load_im2col(shared.words, p.image, {0, 0, 0, 0}, {static_cast<u16>(p.wrong ? 256 : 255), 0},
                           shared.barrier);
        await(shared);
      },
      {"tensor_load_im2col at ", "an offset of a tensor of rank 4 has 8 bits: offsets[0]=256"});
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        tensor_reduce_add_im2col(p.image, {0, p.wrong ? -2 : -1, 0, 0}, shared.words);
        bulk_commit();
        bulk_wait<0>();
      },
      {"tensor_reduce_add_im2col at ", "coordinate 1 of the base position must be from -1 to 2"});
  expect_refusal(
      [](Maps const& p, Boxes&) {
        tensor_prefetch_im2col(p.image, {0, 0, p.wrong ? 3 : 2, 0}, {2, 2});
      },
      {"tensor_prefetch_im2col at ", "coordinate 2 of the base position must be from -1 to 2"});
}

TEST(TensorMapDiagnoses, BarrierIsNotInitialised) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        if (p.wrong) mbarrier_invalidate(shared.barrier);
        tensor_load(shared.words, p.tile, {0, 0}, shared.barrier);
        await(shared);
      },
      {"tensor_load at ", "is not initialised"});
}

/// Each block expects what it receives.
TEST(TensorMapDiagnoses, ReceiverExpectsNothing) {
  expect_refusal<2>(
      [](Maps const& p, Boxes& shared) {
        if (cluster_rank() == 0) tensor_load_multicast(shared.words, p.tile, {0, 0}, shared.barrier, 0b11);
        await(shared, p.wrong && cluster_rank() == 1 ? 0 : bytes);
        if (p.wrong && cluster_rank() == 1) mbarrier_wait(shared.barrier, 1);
      },
      {"deadlock: ", "lacks "});
}

TEST(TensorMapDiagnoses, MissingWaitForAStore) {
  struct LeavesEarly : CopyKernel<decltype([](Maps const&, Boxes&) {}), 1> {
    void operator()(Maps const& p, Boxes& shared) const {
      tensor_store(p.tile, {0, 0}, shared.words);
      bulk_commit();
      if (!p.wrong) bulk_wait_read<0>();
    }
  };
  ScopedExecution const execution({.completion = Completion::late});
  std::string const text = error_of([] { launch<LeavesEarly>(1, maps(true), {}, "wrong"); });
  EXPECT_NE(text.find("whose shared memory tensor_store from diagnoses_tensor_map_test.cpp:"), std::string::npos)
      << text;
  EXPECT_EQ(error_of([] { launch<LeavesEarly>(1, maps(false), {}, "right"); }), "(no error)");
}

TEST(TensorMapDiagnoses, TypeThatIsNotAdded) {
  expect_refusal(
      [](Maps const& p, Boxes& shared) {
        if (p.wrong) tensor_reduce_add(p.other, {0}, shared.words);
        tensor_reduce_add(p.tile, {0, 0}, shared.words);
        bulk_commit();
        bulk_wait<0>();
      },
      {"tensor_reduce_add at ", "additions are of u32, i32, u64, f32, f16 and bf16: type=0"});
}

TEST(TensorMapDiagnoses, ArchitectureThatLacksIt) {
  using Prefetches = Kernel<decltype([](bool) {}), 1>;
  struct Copies : Prefetches {
    using Params = Maps;
    void operator()(Maps const& p, NoSharedMemory&) const { tensor_map_prefetch(p.tile); }
  };
  {
    ScopedExecution const execution({.architecture = 80});
    std::string const text = error_of([] { launch<Copies>(1, maps(true), {}, "k"); });
    EXPECT_NE(text.find("tensor_map_prefetch needs sm_90"), std::string::npos) << text;
  }
  EXPECT_EQ(error_of([] { launch<Copies>(1, maps(false), {}, "k"); }), "(no error)");
}

}  // namespace
}  // namespace heddle::emulated
