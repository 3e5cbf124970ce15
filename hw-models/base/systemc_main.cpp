#include <systemc>

// libsystemc refers to sc_main although every program here has a main of its own and starts the kernel itself.
int sc_main(int, char**) { return 1; }
