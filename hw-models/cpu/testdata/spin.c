/* A tight loop that touches no register: only a debugger gets it out. */
volatile unsigned spins;
volatile unsigned leave;

int main(void) {
  while (!leave) ++spins;
  return 0;
}
