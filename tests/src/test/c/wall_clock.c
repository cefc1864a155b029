// SPDX-License-Identifier: Apache-2.0
//
// Loaded before the C library, this sets the wall clock of one process: as many seconds ahead of the
// machine's as WALL_CLOCK_SECONDS_AHEAD says. The monotonic clock stays as it is.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long ahead;
static int (*machine_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
  const char *seconds = getenv("WALL_CLOCK_SECONDS_AHEAD");
  ahead = seconds == NULL ? 0 : strtol(seconds, NULL, 10);
}

static int machine(clockid_t clock, struct timespec *now) {
  // Others may ask for the time before the constructor has run.
  if (machine_clock_gettime == NULL) {
    machine_clock_gettime =
        (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  }
  return machine_clock_gettime(clock, now);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = machine(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += ahead;
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec time;
  int result = clock_gettime(CLOCK_REALTIME, &time);
  if (result == 0) {
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
  }
  return result;
}

time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now != NULL) {
    *now = time.tv_sec;
  }
  return time.tv_sec;
}
