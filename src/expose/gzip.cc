#include "expose/gzip.h"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace telephony {
namespace {

constexpr int kFastest = 1;

struct Free {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

}  // namespace

std::string gzip(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(kFastest));
  if (!compressor) throw std::bad_alloc();
  const std::size_t room = libdeflate_gzip_compress_bound(compressor.get(), text.size());
  const auto out = std::make_unique_for_overwrite<char[]>(room);  // most of it is never touched
  return {out.get(), libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.get(), room)};
}

}  // namespace telephony
