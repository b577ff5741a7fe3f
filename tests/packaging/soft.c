/* A program that has all of the hardening in it, unless it is compiled or linked without. */
#include <stdio.h>
#include <string.h>

typedef int (*step)(int);

#define STEP(n) \
  int step_##n(int x) { return x + n; }
STEP(1)
STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10)

    step steps[] = {step_1, step_2, step_3, step_4, step_5,
                    step_6, step_7, step_8, step_9, step_10};

int main(int argc, char** argv) {
  char text[32];
  memcpy(text, argv[0], strlen(argv[0]) % sizeof text);
  snprintf(text, sizeof text, "%d %s", argc, argv[0]);
  return steps[argc % 10](text[0]) == 0;
}
