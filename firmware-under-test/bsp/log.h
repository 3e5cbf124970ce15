// The log: short lines on the serial console, each with its grade first. "I: card ready 4096 MiB".
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_LOG_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_LOG_H_

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((format(printf, 1, 2))) void log_info(const char* format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char* format, ...);
__attribute__((format(printf, 1, 2))) void log_error(const char* format, ...);

#ifdef __cplusplus
}
#endif

#endif
