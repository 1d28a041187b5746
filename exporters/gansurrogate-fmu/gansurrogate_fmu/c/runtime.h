/* One surrogate, run by the onnxruntime library that lies beside this one; shared by all instances of the unit. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdint.h>

/* Load library and surrogate, or count one more user. Returns NULL, or what went wrong. */
const char *runtime_open(const char *resources);

/* One user less; the last one gives the memory back. */
void runtime_close(void);

/* Draw one signal into `signal`. `conditions` are the values of all conditions, one after the other, as the graph
   takes them (of a category the index of its level). Returns NULL, or what went wrong. */
const char *runtime_draw(int64_t seed, int64_t row, const double *conditions, void *signal);

#endif
