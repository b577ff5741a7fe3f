/* A program that has all of the hardening in it, unless it is compiled or linked without. */
#include <stdio.h>
#include <string.h>

typedef int (*step)(int);

static int plus_1(int x) { return x + 1; }
static int plus_2(int x) { return x + 2; }
static int plus_3(int x) { return x + 3; }
static int plus_4(int x) { return x + 4; }
static int plus_5(int x) { return x + 5; }
static int plus_6(int x) { return x + 6; }
static int plus_7(int x) { return x + 7; }
static int plus_8(int x) { return x + 8; }
static int plus_9(int x) { return x + 9; }
static int plus_10(int x) { return x + 10; }

step steps[] = {plus_1, plus_2, plus_3, plus_4, plus_5, plus_6, plus_7, plus_8, plus_9, plus_10};

int main(int argc, char** argv) {
  char text[32];
  memcpy(text, argv[0], strlen(argv[0]) % sizeof text);
  snprintf(text, sizeof text, "%d %s", argc, argv[0]);
  return steps[argc % 10](text[0]) == 0;
}
