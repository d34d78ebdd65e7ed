#include "nn/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <system_error>

#include "kernels/core/error.h"
#include "kernels/core/math.h"
#include "nn/atomic_file.h"

namespace heddle::nn {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "the format is little endian");

constexpr u64 length_bytes = 8;
constexpr u64 header_limit_bytes = 100'000'000;  // the format's own
constexpr char const* metadata_key = "__metadata__";

struct TypeName {
  DType dtype;
  char const* name;
};
constexpr std::array type_names = {TypeName{DType::f32, "F32"},   TypeName{DType::f16, "F16"},
                                   TypeName{DType::bf16, "BF16"}, TypeName{DType::f8e4m3, "F8_E4M3"},
                                   TypeName{DType::i8, "I8"},     TypeName{DType::u8, "U8"},
                                   TypeName{DType::i32, "I32"},   TypeName{DType::i64, "I64"}};

/// A text of the file, fit for a message: short, and without control characters.
std::string quoted(std::string const& text) {
  constexpr std::size_t limit = 80;
  std::string const shown = text.size() <= limit ? text : text.substr(0, limit) + "...";
  return json(shown).dump(-1, ' ', true, json::error_handler_t::replace);
}

/// One tensor as the header declares it; [begin, end) are bytes of the data.
struct Entry {
  std::string name;
  Shape shape;
  DType dtype;
  u64 begin, end;
};

class Reader {
 public:
  explicit Reader(std::filesystem::path const& path) : path_(path) {
    std::error_code error;
    bool const regular = std::filesystem::is_regular_file(path, error);
    if (!error && !regular) refuse("not a regular file");
    if (!error) size_ = std::filesystem::file_size(path, error);
    if (error) refuse(error.message());
    file_.open(path, std::ios::binary);
    if (!file_) refuse(std::system_category().message(errno));
  }

  TensorFile read() {
    json const header = parse(header_text());
    TensorFile result;
    std::vector<Entry> entries;
    for (auto const& [name, value] : header.items()) {
      if (name == metadata_key)
        result.metadata = metadata(value);
      else
        entries.push_back(entry(name, value));
    }
    std::ranges::sort(entries, [](Entry const& a, Entry const& b) {
      return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    check_coverage(entries);
    for (Entry& e : entries) {
      Tensor const tensor = Tensor::empty(e.shape, e.dtype);
      read_bytes(tensor.raw_data(), e.end - e.begin);
      result.tensors.push_back({std::move(e.name), tensor});
    }
    return result;
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(Parts const&... parts) const {
    fail("[safetensors] ", path_.native(), ": ", parts...);
  }
  template <class... Parts>
  void require(bool condition, Parts const&... parts) const {
    if (!condition) refuse(parts...);
  }

  void read_bytes(void* destination, u64 bytes) {
    file_.read(static_cast<char*>(destination), static_cast<std::streamsize>(bytes));
    require(static_cast<bool>(file_), "reading failed after the header said what to expect; the file has changed");
  }

  std::string header_text() {
    require(size_ >= length_bytes, "truncated: ", size_, " bytes, too few for the length of a header");
    u64 length = 0;
    read_bytes(&length, length_bytes);
    require(length <= header_limit_bytes, "the header claims ", length, " bytes, more than the format's limit of ",
            header_limit_bytes);
    require(length <= size_ - length_bytes, "truncated: the header claims ", length, " bytes, the file has ", size_);
    data_bytes_ = size_ - length_bytes - length;
    std::string text(length, '\0');
    read_bytes(text.data(), length);
    require(text.starts_with('{'), "the header does not start with '{': not a safetensors file");
    return text;
  }

  /// Unlike the plain parser, refuses keys that occur twice, and nesting that no header has.
  json parse(std::string const& text) const {
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    auto const inspect = [&](int depth, json::parse_event_t event, json const& value) {
      if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start)
        require(depth <= 2, "the header is nested too deeply");
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key) {
        auto const& key = value.get_ref<std::string const&>();
        require(keys.back().insert(key).second, "the header has ", quoted(key), " twice");
      }
      return true;
    };
    try {
      return json::parse(text, inspect);
    } catch (json::parse_error const& error) {
      refuse("the header is not valid JSON at byte ", error.byte, " of it: the file is damaged");
    } catch (json::out_of_range const&) {
      refuse("the header is not valid JSON: it has a number too large to hold");
    }
  }

  std::map<std::string, std::string> metadata(json const& value) const {
    require(value.is_object(), "the metadata are not an object");
    std::map<std::string, std::string> result;
    for (auto const& [key, text] : value.items()) {
      require(text.is_string(), "the metadata's ", quoted(key), " is not a text");
      result[key] = text.get<std::string>();
    }
    return result;
  }

  Entry entry(std::string const& name, json const& value) const {
    require(value.is_object() && value.size() == 3 && value.contains("dtype") && value.contains("shape") &&
                value.contains("data_offsets"),
            "tensor ", quoted(name), " must have a dtype, a shape and data_offsets, and nothing else");
    DType const dtype = type_of(name, value["dtype"]);
    std::vector<i64> const sizes = integers(name, value["shape"], "shape");
    std::vector<i64> const offsets = integers(name, value["data_offsets"], "data_offsets");
    require(offsets.size() == 2, "tensor ", quoted(name), " must have two data_offsets, not ", offsets.size());
    u64 const begin = static_cast<u64>(offsets[0]), end = static_cast<u64>(offsets[1]);
    require(begin <= end && end <= data_bytes_, "tensor ", quoted(name), " is at bytes ", begin, " to ", end, " of ",
            data_bytes_);
    i64 const bytes = element_bytes(name, sizes, dtype);
    require(static_cast<u64>(bytes) == end - begin, "tensor ", quoted(name), " needs ", bytes, " bytes, but has ",
            end - begin);
    return {name, Shape(std::span(sizes)), dtype, begin, end};
  }

  DType type_of(std::string const& name, json const& value) const {
    require(value.is_string(), "the dtype of tensor ", quoted(name), " is not a text");
    auto const& text = value.get_ref<std::string const&>();
    for (TypeName const& type : type_names)
      if (text == type.name) return type.dtype;
    refuse("tensor ", quoted(name), " has dtype ", quoted(text), "; known are F32 F16 BF16 I8 U8 I32 I64");
  }

  std::vector<i64> integers(std::string const& name, json const& value, char const* what) const {
    require(value.is_array(), "the ", what, " of tensor ", quoted(name), " is not a list");
    std::vector<i64> result;
    for (json const& element : value) {
      require(element.is_number_unsigned() && element.get<u64>() <= INT64_MAX, "the ", what, " of tensor ",
              quoted(name), " must be whole numbers from 0 to 2^63 - 1");
      result.push_back(element.get<i64>());
    }
    return result;
  }

  /// Without overflow, for empty tensors too: sizes of 0 count as 1 on the way.
  i64 element_bytes(std::string const& name, std::vector<i64> const& sizes, DType dtype) const {
    require(sizes.size() <= Shape::max_rank, "tensor ", quoted(name), " has ", sizes.size(), " dimensions, more than ",
            Shape::max_rank);
    i64 bytes = static_cast<i64>(size_bytes(dtype));
    for (i64 const size : sizes)
      require(!__builtin_mul_overflow(bytes, std::max<i64>(size, 1), &bytes), "the shape of tensor ", quoted(name),
              " overflows");
    return std::ranges::count(sizes, 0) > 0 ? 0 : bytes;
  }

  void check_coverage(std::vector<Entry> const& sorted) const {
    u64 covered = 0;
    for (Entry const& e : sorted) {
      require(e.begin >= covered, "tensor ", quoted(e.name), " overlaps the one before it at byte ", e.begin);
      require(e.begin == covered, "bytes ", covered, " to ", e.begin, " of the data belong to no tensor");
      covered = e.end;
    }
    require(covered == data_bytes_, "bytes ", covered, " to ", data_bytes_, " of the data belong to no tensor");
  }

  std::filesystem::path path_;
  std::ifstream file_;
  u64 size_ = 0, data_bytes_ = 0;
};

/// The header with its padding: the data after it start at a multiple of 8 bytes.
std::string make_header(TensorFile const& file) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header[metadata_key] = file.metadata;
  std::set<std::string> names = {metadata_key};
  std::size_t offset = 0;
  for (auto const& [name, tensor] : file.tensors) {
    check(names.insert(name).second, "[safetensors] the name ", quoted(name), " is taken: each must be unique");
    check(tensor.defined(), "[safetensors] tensor ", quoted(name), " is undefined");
    auto const type = std::ranges::find(type_names, tensor.dtype(), &TypeName::dtype);
    header[name] = {{"dtype", type->name},
                    {"shape", std::vector<i64>(tensor.shape().sizes().begin(), tensor.shape().sizes().end())},
                    {"data_offsets", {offset, offset + tensor.bytes()}}};
    offset += tensor.bytes();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (json::type_error const&) {
    fail("[safetensors] names and metadata must be valid UTF-8");
  }
  text.resize(round_up(text.size(), std::size_t{8}), ' ');
  check(text.size() <= header_limit_bytes, "[safetensors] the header has ", text.size(),
        " bytes, more than the format's limit of ", header_limit_bytes);
  return text;
}

}  // namespace

Tensor const& TensorFile::at(std::string const& name) const {
  for (NamedTensor const& t : tensors)
    if (t.name == name) return t.tensor;
  std::string known;
  for (NamedTensor const& t : tensors) known += (known.empty() ? "" : ", ") + quoted(t.name);
  fail("[safetensors] no tensor ", quoted(name), "; there are: ", known);
}

TensorFile read_safetensors(std::filesystem::path const& path) { return Reader(path).read(); }

void write_safetensors(std::filesystem::path const& path, TensorFile const& file) {
  std::string const header = make_header(file);
  AtomicFile out(path);
  u64 const length = header.size();
  out.write(std::as_bytes(std::span(&length, 1)));
  out.write(header);
  for (NamedTensor const& t : file.tensors) {
    Tensor const host = t.tensor.to(Device::cpu);
    out.write({static_cast<std::byte const*>(host.raw_data()), host.bytes()});
  }
  out.commit();
}

}  // namespace heddle::nn
