#include "firmware-under-test/bsp/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "firmware-under-test/bsp/uart.h"

enum { kLineBytes = 120 };

static void put_line(char grade, const char* format, va_list arguments) {
  char line[kLineBytes];
  vsnprintf(line, sizeof line, format, arguments);
  uart_put(grade);
  uart_put(':');
  uart_put(' ');
  for (const char* c = line; *c != '\0'; ++c) uart_put(*c);
  uart_put('\r');
  uart_put('\n');
}

void log_info(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  put_line('I', format, arguments);
  va_end(arguments);
}

void log_warning(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  put_line('W', format, arguments);
  va_end(arguments);
}

void log_error(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  put_line('E', format, arguments);
  va_end(arguments);
}
