// The serial console, 115200 8N1, transmit only. Bytes are buffered and sent by interrupt, so that a log line costs microseconds.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_UART_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_UART_H_

#ifdef __cplusplus
extern "C" {
#endif

void uart_init(void);

// Queues one byte. With the buffer full it waits for the line: nothing is lost.
void uart_put(char c);

// Sends what is queued by polling, with interrupts out of the game: for the last words of a crash.
void uart_drain(void);

#ifdef __cplusplus
}
#endif

#endif
