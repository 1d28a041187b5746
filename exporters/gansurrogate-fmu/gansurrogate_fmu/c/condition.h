#ifndef CONDITION_H
#define CONDITION_H

#include <stddef.h>
#include <stdint.h>

/* A condition of the surrogate: `size` values from `first` on among the values of all conditions. */
typedef struct {
  const char *name, *range; /* `range` is for messages */
  int first, size;
  double low, high;     /* of a continuous condition */
  const double *levels; /* of a category: the number of each level; NULL for a continuous condition */
  int count;
  const int64_t *shape; /* as the graph takes it: 1, then the condition's own */
  size_t rank;
} Condition;

#endif
