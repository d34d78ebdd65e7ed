#include "nn/safetensors.h"

#include <sys/resource.h>

#include <csignal>

#include "tests/nn/temporary_folder.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

using nn::read_safetensors;
using nn::TensorFile;
using nn::write_safetensors;

std::string length_of(u64 length) { return {reinterpret_cast<char const*>(&length), sizeof length}; }

/// A file by the book: the length of the header, the header, the data.
std::string file_of(std::string const& header, std::string const& data) {
  return length_of(header.size()) + header + data;
}

std::string bytes_of(Tensor const& tensor) { return {static_cast<char const*>(tensor.raw_data()), tensor.bytes()}; }

TensorFile sample() {
  return {{{"b.weight", Tensor::from(std::vector<f32>{1, -2, 3.5f, 0x1p-140f, 5, 6}, {2, 3})},
           {"a", Tensor::from(std::vector<u8>{1, 2, 255}, {3})},
           {"step", Tensor::from(std::vector<i64>{INT64_MIN}, {})},
           {"none", Tensor::empty({0, 4})},
           {"half", Tensor::from(std::vector<f16>{f16(1.5f), f16(-2)}, {1, 2})},
           {"brain", Tensor::from(std::vector<bf16>{bf16(1.5f)}, {1})},
           {"label", Tensor::from(std::vector<i32>{-100, 7}, {2})},
           {"byte", Tensor::from(std::vector<i8>{-128}, {1, 1, 1, 1, 1, 1})}},
          {{"format", "heddle"}, {"note", "\xc3\xa9 \"quoted\"\n"}}};
}

TEST(Safetensors, ReturnsWhatWasWritten) {
  TemporaryFolder const folder;
  TensorFile const written = sample();
  write_safetensors(folder / "x.safetensors", written);
  TensorFile const read = read_safetensors(folder / "x.safetensors");

  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (std::size_t i = 0; i < read.tensors.size(); ++i) {
    SCOPED_TRACE(written.tensors[i].name);
    Tensor const& actual = read.tensors[i].tensor;
    Tensor const& expected = written.tensors[i].tensor;
    EXPECT_EQ(read.tensors[i].name, written.tensors[i].name);
    EXPECT_EQ(actual.shape(), expected.shape());
    EXPECT_EQ(actual.dtype(), expected.dtype());
    EXPECT_EQ(bytes_of(actual), bytes_of(expected));
  }
  EXPECT_EQ(folder.files(), 1) << "a temporary was left behind";
}

TEST(Safetensors, WritesTheFormat) {
  TemporaryFolder const folder;
  write_safetensors(folder / "x", {{{"w", Tensor::from(std::vector<u8>{7, 8}, {2, 1})}}, {}});
  std::string const header = R"({"w":{"dtype":"U8","shape":[2,1],"data_offsets":[0,2]}})";
  EXPECT_EQ(read_file(folder / "x"), file_of(header + std::string(-header.size() % 8, ' '), "\x07\x08"));
}

TEST(Safetensors, ReadsTensorsInTheOrderOfTheirData) {
  TemporaryFolder const folder;
  write_file(folder / "x", file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},)"
                                   R"("b":{"shape":[2],"data_offsets":[0,2],"dtype":"U8"}}   )",
                                   "\x01\x02\x03"));
  TensorFile const file = read_safetensors(folder / "x");
  ASSERT_EQ(file.tensors.size(), 2);
  EXPECT_EQ(file.tensors[0].name, "b");
  EXPECT_EQ(file.at("a").to_vector<u8>(), std::vector<u8>{3});
  EXPECT_NE(error_of([&] { file.at("c"); }).find(R"(no tensor "c"; there are: "b", "a")"), std::string::npos);
}

TEST(Safetensors, ReadsAFileWithoutTensors) {
  TemporaryFolder const folder;
  write_file(folder / "x", file_of("{}", ""));
  EXPECT_TRUE(read_safetensors(folder / "x").tensors.empty());
}

struct Lie {
  char const* name;
  std::string bytes;
  char const* fault;  // part of the message
};

std::string tensor_header(std::string const& dtype, std::string const& shape, std::string const& offsets) {
  return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

std::string two_tensors(std::string const& first, std::string const& second) {
  return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + first +
         R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + second + "}}";
}

std::vector<Lie> const lies = {
    {"Empty", "", "truncated: 0 bytes"},
    {"LengthCutOff", "\x02\0\0", "truncated"},
    {"HeaderCutOff", length_of(100) + "{}", "truncated: the header claims 100 bytes"},
    {"HeaderOneByteLonger", length_of(3) + "{}", "truncated: the header claims 3 bytes"},
    {"HeaderOfAGigabyte", length_of(1'000'000'000) + "{}", "more than the format's limit"},
    {"HeaderOf2To64", length_of(~u64{0}) + "{}", "more than the format's limit"},
    {"HeaderEmpty", file_of("", ""), "does not start with '{'"},
    {"HeaderList", file_of("[]", ""), "does not start with '{'"},
    {"HeaderNotJson", file_of("{\"w\"", ""), "not valid JSON at byte 5 of it: the file is damaged"},
    {"HeaderWithTail", file_of("{}x", ""), "not valid JSON at byte 3 of it: the file is damaged"},
    {"NotUtf8", file_of("{\"\xff\":1}", ""), "not valid JSON at byte 3 of it: the file is damaged"},
    {"NumberTooLarge", file_of("{\"w\":1e999}", ""), "not valid JSON: it has a number too large"},
    {"DeepNesting", file_of("{\"w\":" + std::string(100'000, '['), ""), "nested too deeply"},
    {"EntryNumber", file_of(R"({"w":1})", ""), "must have a dtype"},
    {"EntryWithoutShape", file_of(R"({"w":{"dtype":"U8","data_offsets":[0,0]}})", ""), "must have a dtype, a shape"},
    {"EntryWithMore", file_of(R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}})", ""), "nothing else"},
    {"TensorTwice",
     file_of(R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
             R"("w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
             ""),
     R"(the header has "w" twice)"},
    {"ShapeTwice", file_of(R"({"w":{"dtype":"U8","shape":[0],"shape":[1],"data_offsets":[0,1]}})", "x"),
     R"(the header has "shape" twice)"},
    {"TypeUnknown", file_of(tensor_header("F7", "[1]", "[0,1]"), "x"), R"(dtype "F7")"},
    {"TypeNumber", file_of(R"({"w":{"dtype":1,"shape":[1],"data_offsets":[0,1]}})", "x"), "dtype"},
    {"ShapeText", file_of(tensor_header("U8", R"("1")", "[0,1]"), "x"), "is not a list"},
    {"ShapeNegative", file_of(tensor_header("U8", "[-1,-1]", "[0,1]"), "x"), "whole numbers"},
    {"ShapeFraction", file_of(tensor_header("U8", "[1.0]", "[0,1]"), "x"), "whole numbers"},
    {"ShapeOfLists", file_of(tensor_header("U8", "[[1]]", "[0,1]"), "x"), "nested too deeply"},
    {"ShapePast2To64", file_of(tensor_header("U8", "[99999999999999999999]", "[0,1]"), "x"), "whole numbers"},
    {"ShapeOverflows", file_of(tensor_header("U8", "[4294967296,4294967296,1]", "[0,0]"), ""), "overflows"},
    {"BytesOverflow", file_of(tensor_header("I64", "[2305843009213693952]", "[0,0]"), ""), "overflows"},
    {"EmptyShapeOverflows", file_of(tensor_header("U8", "[9223372036854775807,3,0]", "[0,0]"), ""), "overflows"},
    {"RankSeven", file_of(tensor_header("U8", "[1,1,1,1,1,1,1]", "[0,1]"), "x"), "7 dimensions"},
    {"OneOffset", file_of(tensor_header("U8", "[1]", "[0]"), "x"), "two data_offsets"},
    {"OffsetNegative", file_of(tensor_header("U8", "[1]", "[-1,0]"), "x"), "whole numbers"},
    {"OffsetsReversed", file_of(tensor_header("U8", "[1]", "[1,0]"), "x"), "at bytes 1 to 0 of 1"},
    {"OffsetPastTheEnd", file_of(tensor_header("U8", "[2]", "[0,2]"), "x"), "at bytes 0 to 2 of 1"},
    {"OffsetFarPastTheEnd", file_of(tensor_header("U8", "[9000000000000000000]", "[0,9000000000000000000]"), "x"),
     "at bytes 0 to 9000000000000000000 of 1"},
    {"MoreBytesThanShape", file_of(tensor_header("F32", "[1]", "[0,8]"), "12345678"), "needs 4 bytes, but has 8"},
    {"FewerBytesThanShape", file_of(tensor_header("F32", "[2]", "[0,4]"), "1234"), "needs 8 bytes, but has 4"},
    {"ScalarWithoutBytes", file_of(tensor_header("F32", "[]", "[0,0]"), ""), "needs 4 bytes, but has 0"},
    {"Overlap", file_of(two_tensors("[0,2]", "[1,3]"), "abc"), R"("b" overlaps)"},
    {"SameBytes", file_of(two_tensors("[0,2]", "[0,2]"), "ab"), R"("b" overlaps)"},
    {"HoleAtStart", file_of(tensor_header("U8", "[1]", "[1,2]"), "ab"), "bytes 0 to 1 of the data belong to no tensor"},
    {"HoleBetween", file_of(two_tensors("[0,2]", "[3,5]"), "abcde"), "bytes 2 to 3 of the data belong to no tensor"},
    {"HoleAtEnd", file_of(tensor_header("U8", "[1]", "[0,1]"), "abc"), "bytes 1 to 3 of the data belong to no tensor"},
    {"DataWithoutTensors", file_of("{}", "a"), "bytes 0 to 1 of the data belong to no tensor"},
    {"MetadataList", file_of(R"({"__metadata__":[]})", ""), "metadata are not an object"},
    {"MetadataNumber", file_of(R"({"__metadata__":{"epoch":1}})", ""), R"("epoch" is not a text)"},
};

class LyingSafetensors : public ::testing::TestWithParam<Lie> {};

TEST_P(LyingSafetensors, IsRefused) {
  TemporaryFolder const folder;
  auto const path = folder / "lie.safetensors";
  write_file(path, GetParam().bytes);
  std::string const error = error_of([&] { read_safetensors(path); });
  EXPECT_TRUE(error.starts_with("[safetensors] " + path.string() + ": ")) << error;
  EXPECT_NE(error.find(GetParam().fault), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(Files, LyingSafetensors, ::testing::ValuesIn(lies),
                         [](auto const& instance) { return instance.param.name; });

/// Every prefix of a good file, and every file with one byte of its header changed, is read or refused: nothing else.
TEST(Safetensors, SurvivesDamage) {
  TemporaryFolder const folder;
  auto const path = folder / "x";
  write_safetensors(path, sample());
  std::string const good = read_file(path);
  std::size_t const header_end = good.find("}}") + 2;
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_file(path, good.substr(0, size));
    EXPECT_THROW(read_safetensors(path), Error) << size;
  }
  for (std::size_t i = 0; i < header_end; ++i) {
    for (char const damage : {'"', '9'}) {
      std::string bad = good;
      bad[i] = damage;
      write_file(path, bad);
      try {
        read_safetensors(path);
      } catch (Error const&) {
      }
    }
  }
}

TEST(Safetensors, NamesWhatCannotBeRead) {
  TemporaryFolder const folder;
  EXPECT_NE(error_of([&] { read_safetensors(folder / "none"); }).find("No such file"), std::string::npos);
  std::filesystem::create_directory(folder / "folder");
  EXPECT_NE(error_of([&] { read_safetensors(folder / "folder"); }).find("not a regular file"), std::string::npos);
}

TEST(Safetensors, CannotBeWrittenWhereThereIsNoFolder) {
  TemporaryFolder const folder;
  std::string const error = error_of([&] { write_safetensors(folder / "none/x", sample()); });
  EXPECT_NE(error.find("none/x: No such file or directory"), std::string::npos) << error;
}

TEST(Safetensors, CannotReplaceAFolder) {
  TemporaryFolder const folder;
  std::filesystem::create_directory(folder / "x");
  std::string const error = error_of([&] { write_safetensors(folder / "x", sample()); });
  EXPECT_NE(error.find("/x: Is a directory"), std::string::npos) << error;
  EXPECT_EQ(folder.files(), 1) << "the temporary was left behind";
}

/// A limit on the size of files stands in for a full disk: both fail in the middle of a write.
TEST(Safetensors, KeepsTheOldFileWhenTheDiskIsFull) {
  TemporaryFolder const folder;
  auto const path = folder / "x";
  write_safetensors(path, sample());
  std::string const before = read_file(path);

  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit const limit = {4096, old_limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::string const error = error_of([&] { write_safetensors(path, {{{"w", Tensor::zeros({4096})}}, {}}); });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_NE(error.find(path.string() + ": File too large"), std::string::npos) << error;
  EXPECT_EQ(read_file(path), before);
  EXPECT_EQ(folder.files(), 1) << "the temporary was left behind";
}

TEST(Safetensors, RefusesToWriteWhatCannotBeRead) {
  TemporaryFolder const folder;
  Tensor const x = Tensor::zeros({1});
  auto const write = [&](TensorFile const& file) { return error_of([&] { write_safetensors(folder / "x", file); }); };
  EXPECT_NE(write({{{"w", x}, {"w", x}}, {}}).find("is taken"), std::string::npos);
  EXPECT_NE(write({{{"__metadata__", x}}, {}}).find("is taken"), std::string::npos);
  EXPECT_NE(write({{{"w", Tensor()}}, {}}).find("undefined"), std::string::npos);
  EXPECT_NE(write({{{"\xff", x}}, {}}).find("UTF-8"), std::string::npos);
  EXPECT_TRUE(folder.empty());
}

}  // namespace
}  // namespace heddle::testing
