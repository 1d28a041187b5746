/* The words of the row law as a TestU01 generator, in plain integers and shifts.

   usage: words BATTERY TEST DIRECTION SEED INDEX
     BATTERY    small | crush | big          TEST   number of one test of the battery, 0 for all of them
     DIRECTION  rows   word INDEX of rows 0, 1, 2, ... under SEED
                words  INDEX words of row 0, then of row 1, ... under SEED
                seeds  word INDEX of row SEED under seeds 0, 1, 2, ...
   Prints one line "name<TAB>p-value" a statistic on stderr; TestU01 itself writes to stdout.
   With BATTERY "print" it prints the first TEST words instead. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "TestU01.h"

#define KEY 0x548C9DECBCE65297u
#define ROW_BITS 40
#define WORDS 4 /* of one counter */

static uint64_t swap_halves(uint64_t x) { return x >> 32 | x << 32; }

/* `words` words of one counter: the upper halves after rounds four, five, ... of Squares. */
static void squares(uint64_t counter, uint64_t key, int words, uint32_t *out)
{
    uint64_t y = counter * key, z = y + key, x = y;
    for (int round = 0; round < 3 + words; round++) {
        x = x * x + (round % 2 ? z : y);
        if (round >= 3)
            out[round - 3] = (uint32_t)(x >> 32);
        x = swap_halves(x);
    }
}

static uint64_t key_of(uint64_t seed)
{
    uint32_t half[2];
    squares(seed, KEY, 2, half);
    return (uint64_t)half[0] << 32 | half[1] | 1;
}

static uint64_t key, row, seed;
static unsigned position, width, word;
static uint32_t group[WORDS];

static unsigned int along_rows(void)
{
    uint32_t out[WORDS];
    squares(row++ + ((uint64_t)(word / WORDS) << ROW_BITS), key, word % WORDS + 1, out);
    return out[word % WORDS];
}

static unsigned int along_words(void)
{
    if (position == width) {
        position = 0;
        row++;
    }
    if (position % WORDS == 0)
        squares(row + ((uint64_t)(position / WORDS) << ROW_BITS), key, WORDS, group);
    return group[position++ % WORDS];
}

static unsigned int along_seeds(void)
{
    uint32_t out[WORDS];
    squares(row + ((uint64_t)(word / WORDS) << ROW_BITS), key_of(seed++), word % WORDS + 1, out);
    return out[word % WORDS];
}

int main(int count, char **given)
{
    if (count != 6) {
        fprintf(stderr, "usage: words BATTERY TEST DIRECTION SEED INDEX\n");
        return 2;
    }
    int test = atoi(given[2]), repeats[128] = {0};
    uint64_t number = strtoull(given[4], NULL, 0); /* negative seeds wrap, as they should */
    unsigned (*next)(void);
    word = width = (unsigned)atoi(given[5]);
    if (!strcmp(given[3], "seeds")) {
        next = along_seeds;
        row = number;
    } else {
        next = strcmp(given[3], "rows") ? along_words : along_rows;
        key = key_of(number);
    }
    if (!strcmp(given[1], "print")) {
        while (test--)
            printf("%08x\n", next());
        return 0;
    }
    unif01_Gen *generator = unif01_CreateExternGenBits("row law", next);
    swrite_Basic = FALSE;
    repeats[test] = 1;
    if (!strcmp(given[1], "small"))
        bbattery_SmallCrush(generator);
    else if (!strcmp(given[1], "crush"))
        test ? bbattery_RepeatCrush(generator, repeats) : bbattery_Crush(generator);
    else
        test ? bbattery_RepeatBigCrush(generator, repeats) : bbattery_BigCrush(generator);
    for (int i = 0; i < bbattery_NTests; i++)
        fprintf(stderr, "%s\t%.17g\n", bbattery_TestNames[i], bbattery_pVal[i]);
    return 0;
}
