// Goal: work in child processes comes back in order, and a child that dies or hangs is an infra-error that harms no other.
#include "sim/engine/jobs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

TEST(Jobs, ResultsComeInOrder) {
  const auto results = run_jobs({{"a", [] { usleep(50'000); return ExitCode::kFail; }}, {"b", [] { return ExitCode::kPass; }}}, 2, 60, [](size_t, const JobResult&) {});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].code, ExitCode::kFail);
  EXPECT_EQ(results[1].code, ExitCode::kPass);
}

TEST(Jobs, ADeadChildIsAnInfraError) {
  const auto results = run_jobs({{"a", [] { raise(SIGKILL); return ExitCode::kPass; }}, {"b", [] { return ExitCode::kPass; }}}, 1, 60, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
  EXPECT_NE(results[0].problem.find("signal 9"), std::string::npos);
  EXPECT_EQ(results[1].code, ExitCode::kPass);
}

TEST(Jobs, AHangingChildIsEnded) {
  const auto results = run_jobs({{"a", []() -> ExitCode { while (true) usleep(1000); }}}, 1, 0.2, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
  EXPECT_NE(results[0].problem.find("host time"), std::string::npos);
}

TEST(Jobs, AnExceptionIsAnInfraError) {
  const auto results = run_jobs({{"a", []() -> ExitCode { throw std::runtime_error("no disk"); }}}, 1, 60, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
}

TEST(Jobs, NoMoreAreStartedThanAreWanted) {
  int ended = 0;
  const Job job{"a", [] { return ExitCode::kPass; }};
  const auto results = run_jobs({job, job, job, job}, 1, 60, [&](size_t, const JobResult&) { ++ended; }, [&] { return ended < 2; });
  EXPECT_EQ(ended, 2);
  EXPECT_TRUE(results[1].started);
  EXPECT_FALSE(results[2].started);
  EXPECT_FALSE(results[3].started);
}

TEST(Jobs, WhatOutlivesItsJobIsWaitedFor) {
  const TempFolder folder;
  const std::string path = folder.file("written");
  const auto leave_a_child = [&] {
    if (fork() == 0) {
      usleep(300'000);
      std::ofstream(path) << "x";
      _exit(0);
    }
    return ExitCode::kPass;
  };
  run_jobs({{"a", leave_a_child}}, 1, 60, [](size_t, const JobResult&) {});
  EXPECT_TRUE(std::ifstream(path).good());
}

TEST(Jobs, AskedToEndItEndsItsJobsAndThenItself) {
  for (const int asked : {SIGINT, SIGTERM}) {
    int life[2];
    ASSERT_EQ(pipe(life), 0);  // at its end nobody of them lives any more
    const pid_t child = fork();
    if (child == 0) {
      const auto hang = [&]() -> ExitCode {
        if (write(life[1], "x", 1) != 1) return ExitCode::kFail;
        while (true) usleep(1000);
      };
      run_jobs({{"a", hang}, {"b", hang}}, 2, 60, [](size_t, const JobResult&) {});
      _exit(0);
    }
    close(life[1]);
    char byte = 0;
    ASSERT_EQ(read(life[0], &byte, 1), 1);
    kill(child, asked);
    while (read(life[0], &byte, 1) == 1) {
    }
    close(life[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), asked);
  }
}

/// The first of many jobs has begun, the others are being made: none may miss that it is to end.
TEST(Jobs, AskedToEndWhileJobsAreMadeItEndsThemAll) {
  for (int round = 0; round < 8; ++round) {
    int life[2];
    ASSERT_EQ(pipe(life), 0);
    const pid_t child = fork();
    if (child == 0) {
      const auto hang = [&]() -> ExitCode {
        if (write(life[1], "b", 1) != 1) return ExitCode::kFail;
        for (int i = 0; i < 20'000; ++i) usleep(1000);
        return write(life[1], "l", 1) == 1 ? ExitCode::kPass : ExitCode::kFail;  // left alone
      };
      const std::vector<Job> jobs(40, Job{"a", hang});
      run_jobs(jobs, 40, 60, [](size_t, const JobResult&) {});
      _exit(0);
    }
    close(life[1]);
    char byte = 0;
    ASSERT_EQ(read(life[0], &byte, 1), 1);
    kill(child, SIGINT);
    int left_alone = 0;
    while (read(life[0], &byte, 1) == 1) left_alone += byte == 'l' ? 1 : 0;
    close(life[0]);
    waitpid(child, nullptr, 0);
    ASSERT_EQ(left_alone, 0);
  }
}

}  // namespace
}  // namespace saksi::sim
