// Memory for large tables, in pages so large that the processor knows where each of them is.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <new>

namespace telephony {

/// An allocator for a table that is read here and there. To find a line of a few megabytes in pages of 4 kB
/// costs as much as to fetch it, and a prefetch waits for that, too. From 2 MB on the kernel is asked for
/// pages of 2 MB; where it has none, all works as before. To be used for what is filled at once, as such
/// pages come as a whole.
template <typename T>
struct HugePages {
  using value_type = T;

  HugePages() = default;
  template <typename U>
  explicit HugePages(const HugePages<U>& /*other*/) {}
  bool operator==(const HugePages& /*other*/) const { return true; }

  T* allocate(std::size_t count) {
    void* memory = ::operator new(count * sizeof(T), alignment(count));
    if (is_large(count)) ::madvise(memory, count * sizeof(T), MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) { ::operator delete(memory, alignment(count)); }

 private:
  static constexpr std::size_t kPage = std::size_t{2} << 20U;

  static bool is_large(std::size_t count) { return count * sizeof(T) >= kPage; }
  static std::align_val_t alignment(std::size_t count) {
    return std::align_val_t(is_large(count) ? kPage : std::max(alignof(T), alignof(std::max_align_t)));
  }
};

}  // namespace telephony
