// Every limit of the river, with its unit. What goes past one is refused with a reason and counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telephony::limits {

// What one request, line, record or field may weigh.
inline constexpr std::size_t kHeadBytes = 8 * 1024;
inline constexpr std::size_t kHeadFields = 100;
inline constexpr std::size_t kBodyBytes = 1024 * 1024;
inline constexpr std::size_t kWebBodyBytes = 8 * 1024;            // read and ignored
inline constexpr std::size_t kChunkFramingBytes = kBodyBytes;     // of all chunks of a body together
inline constexpr std::size_t kSmallBodyBytes = 16 * 1024;         // taken in at once, whatever others do
inline constexpr std::size_t kIngestBodyBytes = 1 * kBodyBytes;   // of larger ones that are taken in at once
inline constexpr std::size_t kIngestHeldBytes = 64 * kBodyBytes;  // of all, until they are answered
inline constexpr std::size_t kLineBytes = 8 * 1024;
inline constexpr std::size_t kJsonDepth = 64;
inline constexpr std::size_t kCodeBytes = 64;
inline constexpr std::size_t kAccountBytes = 64;
inline constexpr std::size_t kSessionBytes = 64;  // of an id that may become an exemplar
inline constexpr std::size_t kIdempotencyKeyBytes = 255;

// How many events may wait for a commit; beyond it senders are told to try again.
inline constexpr std::size_t kQueueEvents = 16 * 1024;
inline constexpr std::chrono::seconds kMaintainEvery{1};

// Retry hints that were raised or lowered, on their way into the journal.
inline constexpr std::chrono::seconds kKeepHintsEvery{1};
inline constexpr std::size_t kKeptHints = 512;                // in one transaction
inline constexpr std::size_t kHintsLookedAt = 256;            // in one step, whether they are forgotten
inline constexpr std::chrono::hours kHintForgottenAfter{24};  // without a refusal or a success

// One parameter of a question to the API.
inline constexpr std::size_t kParameterBytes = 64;

// How long a peer may take.
inline constexpr std::chrono::seconds kHeadDeadline{10};
inline constexpr std::chrono::seconds kBodyDeadline{10};
inline constexpr std::chrono::seconds kWriteDeadline{10};
inline constexpr std::chrono::seconds kPlaceDeadline{2};  // for a large body, while others wait
inline constexpr std::chrono::seconds kIdleDeadline{120};
inline constexpr std::chrono::seconds kLingerDeadline{2};
inline constexpr std::chrono::milliseconds kStopDeadline{3000};

// What is dropped of a body that was refused, so that its sender can read why.
inline constexpr std::size_t kDroppedBytes = 128 * 1024 * 1024;

// What the replies of the web listener that wait to be read may weigh together.
inline constexpr std::size_t kUnsentBytes = 128 * 1024 * 1024;

// How often the files of a certificate are looked at.
inline constexpr std::chrono::seconds kTlsFilesEvery{1};

// How many peers at once; one more is closed at once.
inline constexpr std::size_t kIngestConnections = 8192;
inline constexpr std::size_t kWebConnections = 2048;

// How much of what was not understood is kept to be shown.
inline constexpr std::size_t kReportedRejects = 10;
inline constexpr std::size_t kUnlistedCodes = 200;
inline constexpr std::size_t kUnlistedTextBytes = 160;
inline constexpr std::chrono::hours kLogAgainAfter{1};

// What is read of standard input before it is committed; a kill loses no more.
inline constexpr std::size_t kStreamBytes = 256 * 1024;

// Log files that are followed.
inline constexpr std::uint64_t kFileChunkBytes = 2 * 1024 * 1024;  // read at once: a large page
inline constexpr std::size_t kFingerprintBytes = 1024;             // of a file's beginning, to know it again
inline constexpr std::size_t kKnownFiles = 100'000;          // of a source, whose positions are remembered
inline constexpr std::size_t kOpenFiles = 512;               // of a source, before idle ones are closed
inline constexpr std::chrono::milliseconds kFilePoll{1000};  // where nothing wakes the reader
inline constexpr std::chrono::milliseconds kFilePace{10};    // between reads, for many lines at once
inline constexpr std::chrono::milliseconds kFileScan{50};    // at most so often the globs are looked up
inline constexpr std::chrono::milliseconds kUnfinishedLine{5000};  // then it counts as it is
inline constexpr std::chrono::milliseconds kRotatedFile{
    60'000};  // how long an old file may still be written to

// Syslog.
inline constexpr std::size_t kSyslogFrameBytes = 2 * kLineBytes;  // a message with its header
inline constexpr std::size_t kSyslogBatchBytes = 256 * 1024;  // of a source, that wait while others commit
inline constexpr int kSyslogReceiveBytes = 4 * 1024 * 1024;   // asked of the kernel, for datagrams
inline constexpr std::size_t kSyslogConnections = 1024;       // of a source
inline constexpr std::chrono::seconds kSyslogFrameDeadline{
    10};  // from the first byte of a message to its last
inline constexpr std::chrono::minutes kSyslogIdleDeadline{60};      // between messages
inline constexpr std::chrono::milliseconds kSyslogAgainAfter{100};  // where a commit was not possible

// Calls that are under way.
inline constexpr std::size_t kOpenCalls = 100'000;   // legs; of one more, the oldest is dropped
inline constexpr std::size_t kEndedCalls = 100'000;  // legs and sessions that late reports do not open again
inline constexpr std::size_t kLegsOfACall = 64;      // of one session
inline constexpr std::chrono::hours kOpenCallExpiry{4};   // since its first report was received
inline constexpr std::chrono::hours kEndedCallMemory{1};  // since its end was received
inline constexpr std::uint32_t kTrunkCalls = 100'000;     // that a trunk may be said to hold

// What is believed of a call.
inline constexpr std::chrono::hours kCallDuration{7 * 24};
inline constexpr std::chrono::minutes kCallSetup{10};  // an hour of it is a clock that was put forward
inline constexpr std::chrono::seconds kCallJitter{10};

// Files that the operator writes.
inline constexpr std::size_t kYamlBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kYamlDepth = 32;

}  // namespace telephony::limits
