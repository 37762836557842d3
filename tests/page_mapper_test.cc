// Memory whose pages are there before anybody writes to them.
#include "telephony_exporter/memory/page_mapper.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <thread>
#include <vector>

namespace telephony {
namespace {

constexpr std::size_t kPage = 4096;

/// Memory of the system's, of which nothing is there yet.
class Pages {
 public:
  explicit Pages(std::size_t count)
      : bytes_(count * kPage),
        memory_(::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~Pages() { ::munmap(memory_, bytes_); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  void* memory() const { return memory_; }
  std::size_t bytes() const { return bytes_; }
  std::ptrdiff_t resident() const {
    std::vector<unsigned char> pages(bytes_ / kPage);
    EXPECT_EQ(::mincore(memory_, bytes_, pages.data()), 0);
    return std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; });
  }

 private:
  std::size_t bytes_;
  void* memory_;
};

TEST(PageMapper, IsIdleUntilItIsAsked) { EXPECT_TRUE(PageMapper().idle()); }

TEST(PageMapper, MapsAllPagesOfOnePieceAfterTheOther) {
  PageMapper mapper;
  for (const std::size_t count : {1U, 500U}) {
    const Pages pages(count);
    ASSERT_NE(pages.memory(), MAP_FAILED);
    EXPECT_EQ(pages.resident(), 0);
    mapper.map(pages.memory(), pages.bytes());
    while (!mapper.idle()) std::this_thread::yield();
    EXPECT_EQ(pages.resident(), static_cast<std::ptrdiff_t>(count));
  }
}

TEST(PageMapper, LeavesWhatIsWrittenMeanwhile) {
  PageMapper mapper;
  for (int round = 0; round < 20; ++round) {
    const Pages pages(2000);
    ASSERT_NE(pages.memory(), MAP_FAILED);
    const std::span bytes(static_cast<char*>(pages.memory()), pages.bytes());
    mapper.map(bytes.data(), bytes.size());
    for (std::size_t at = bytes.size(); at-- > 0; at -= at % kPage) bytes[at] = 'k';
    while (!mapper.idle()) std::this_thread::yield();
    for (std::size_t at = bytes.size(); at-- > 0; at -= at % kPage) ASSERT_EQ(bytes[at], 'k') << at;
  }
}

/// So memory that is given back afterwards is not mapped any more.
TEST(PageMapper, EndsWhatItBegan) {
  const Pages pages(2000);
  ASSERT_NE(pages.memory(), MAP_FAILED);
  { PageMapper().map(pages.memory(), pages.bytes()); }
  EXPECT_EQ(pages.resident(), 2000);
}

/// Whoever of this thread, and of those that it begins, asks for another priority ends the process.
void forbid_priorities() {
  std::array<sock_filter, 4> code = {{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setscheduler, 0, 1),
                                      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                                      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  const sock_fprog program{code.size(), code.data()};
  const bool forbidden = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  if (!forbidden) std::_Exit(2);
}

TEST(PageMapperDeathTest, LivesWherePrioritiesAreForbidden) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto map_all = [] {
    const Pages pages(100);
    forbid_priorities();
    { PageMapper().map(pages.memory(), pages.bytes()); }
    std::_Exit(pages.resident() == 100 ? 0 : 1);
  };
  EXPECT_EXIT(map_all(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace telephony
