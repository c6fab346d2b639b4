static const char *pages[] = {"bug-check-0xfc---right", "debugger/bug-check-0xfc--wrong.md", "KERNEL:no-such"};
