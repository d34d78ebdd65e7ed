#include "train/data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <system_error>
#include <vector>

#include "kernels/core/error.h"

namespace heddle::train {
namespace {

constexpr u8 type_u8 = 8;
constexpr u64 largest_inflation = 1032;  // no deflate stream grows by more (zlib.net/zlib_tech.html)

/// zlib reads plain files as they are, so both kinds take one way.
class Reader {
 public:
  explicit Reader(std::filesystem::path const& path) : path_(path) {
    std::error_code error;
    bool const regular = std::filesystem::is_regular_file(path, error);
    if (!error && !regular) refuse("not a regular file");
    if (!error) file_bytes_ = std::filesystem::file_size(path, error);
    if (error) refuse(error.message());
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) refuse("cannot be opened");
  }

  Tensor read(int rank) {
    u8 magic[4];
    read_bytes(magic, sizeof magic);
    if (magic[0] != 0 || magic[1] != 0 || magic[2] != type_u8 || magic[3] != rank)
      refuse("not an IDX file of unsigned bytes with ", rank, " axes: it starts with ", int{magic[0]}, " ",
             int{magic[1]}, " ", int{magic[2]}, " ", int{magic[3]}, ", expected 0 0 8 ", rank);
    std::vector<i64> sizes;
    for (int axis = 0; axis < rank; ++axis) {
      u8 word[4];
      read_bytes(word, sizeof word);
      sizes.push_back(i64{word[0]} << 24 | word[1] << 16 | word[2] << 8 | word[3]);
    }
    check_size(sizes);
    Tensor const result = Tensor::empty(Shape(std::span<i64 const>(sizes)), DType::u8);
    read_bytes(result.data<u8>(), result.bytes());
    u8 beyond;
    if (read_some(&beyond, 1) != 0) refuse("padded: it has more bytes than its sizes say");
    return result;
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(Parts const&... parts) const {
    fail("[data] ", path_.native(), ": ", parts...);
  }

  void check_size(std::vector<i64> const& sizes) const {
    u64 const header_bytes = 4 + 4 * sizes.size();
    bool const plain = gzdirect(file_.get()) != 0;
    u64 const most = plain ? file_bytes_ - header_bytes : file_bytes_ * largest_inflation;
    u64 declared = 1;
    for (i64 const size : sizes) {
      u64 const factor = static_cast<u64>(size);
      if (factor != 0 && declared > most / factor)
        refuse("its sizes say more bytes than the file can hold: it is truncated or damaged");
      declared *= factor;
    }
    if (plain && declared != most) refuse("padded: ", most, " bytes of elements, its sizes say ", declared);
  }

  void read_bytes(u8* destination, std::size_t bytes) {
    std::size_t const got = read_some(destination, bytes);
    if (got != bytes) refuse("truncated: it ends ", bytes - got, " bytes early");
  }

  /// At the end of a compressed file this also checks the checksum of all before it.
  std::size_t read_some(u8* destination, std::size_t bytes) {
    constexpr std::size_t most_at_once = 1 << 30;  // gzread counts in int
    std::size_t done = 0;
    while (done < bytes) {
      auto const wanted = static_cast<unsigned>(std::min(bytes - done, most_at_once));
      int const got = gzread(file_.get(), destination + done, wanted);
      int code = Z_OK;
      char const* const reason = gzerror(file_.get(), &code);
      if (code == Z_BUF_ERROR) refuse("truncated: the compressed stream ends too early");
      if (got < 0 || code < 0) refuse("cannot be decompressed: ", reason);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::filesystem::path path_;
  u64 file_bytes_ = 0;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_{nullptr, gzclose};
};

}  // namespace

Tensor read_idx(std::filesystem::path const& path, int rank) { return Reader(path).read(rank); }

}  // namespace heddle::train
