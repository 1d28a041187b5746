/* A surrogate as an FMI 2.0 co-simulation unit: its outputs are a pure function of seed, row, conditions and time. */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmi2.h"
#include "runtime.h"
#include "unit.h"

#define EXPORTED __attribute__((visibility("default")))

/* Value references: these, then the conditions' values, then the channels of the signal. */
enum { SEED, ROW, REPEAT, FIRST_VALUE, FIRST_CHANNEL = FIRST_VALUE + VALUES, REFERENCES = FIRST_CHANNEL + CHANNELS };

static const int64_t ROWS = (int64_t)1 << 40;

/* All that an instance is; the signal below follows from it. */
typedef struct {
  int seed, row, repeat;
  double values[VALUES + 1]; /* of the conditions, as the host gave them */
  double start, time;        /* [s] */
} State;

typedef struct {
  State state;
  const fmi2CallbackFunctions *host;
  char *name;
  int64_t drawn; /* the row that `signal` holds; -1: none */
  Value signal[CHANNELS * SAMPLES];
} Unit;

static const State INITIAL = {UNIT_SEED, UNIT_ROW, 0, UNIT_VALUES, 0, 0};

__attribute__((format(printf, 4, 5))) static fmi2Status complain(const fmi2CallbackFunctions *host, const char *name,
                                                                 fmi2Status status, const char *format, ...) {
  char message[1536];
  va_list more;
  va_start(more, format);
  vsnprintf(message, sizeof message, format, more);
  va_end(more);
  /* The message is a format to the host. Given whole, it reaches hosts too that take no further arguments. */
  char escaped[2 * sizeof message], *end = escaped;
  for (const char *at = message; *at; at++) {
    if (*at == '%') *end++ = '%';
    *end++ = *at;
  }
  *end = 0;
  if (host && host->logger) host->logger(host->componentEnvironment, name, status, "logStatusError", escaped);
  return status;
}

#define REFUSE(unit, ...) complain((unit)->host, (unit)->name, fmi2Error, __VA_ARGS__)

static const Condition *condition_of(int value) {
  const Condition *c = CONDITION;
  while (value >= c->first + c->size) c++;
  return c;
}

/* The index of a level, or -1. */
static int level_index(const Condition *c, double level) {
  for (int i = 0; i < c->count; i++)
    if (c->levels[i] == level) return i;
  return -1;
}

/* Row and sample that the present time falls on. A sample holds until the next one. */
static void place(const State *s, int64_t *row, int64_t *sample) {
  double elapsed = (s->time - s->start) / SAMPLE_TIME, nearest = floor(elapsed + 0.5);
  /* A host adds up its steps: what is a millionth of a sample short of one belongs to it. */
  double index = fabs(elapsed - nearest) < 1e-6 ? nearest : floor(elapsed);
  int64_t k = index > 0 ? (int64_t)index : 0;
  *row = s->row + (s->repeat ? k / SAMPLES : 0);
  *sample = s->repeat ? k % SAMPLES : k < SAMPLES ? k : SAMPLES - 1;
}

/* The value of `channel` now. */
static fmi2Status output(Unit *unit, int channel, Value *value) {
  const State *s = &unit->state;
  int64_t row, sample;
  place(s, &row, &sample);
  if (row >= ROWS) return REFUSE(unit, "rows end at 2^40: take another seed");
  if (row != unit->drawn) {
    double given[VALUES + 1];
    for (int i = 0; i < VALUES; i++) {
      const Condition *c = condition_of(i);
      given[i] = c->levels ? level_index(c, s->values[i]) : s->values[i];
    }
    const char *failed = runtime_draw(s->seed, row, given, unit->signal);
    unit->drawn = failed ? -1 : row;
    if (failed) return REFUSE(unit, "%s", failed);
  }
  *value = unit->signal[channel * SAMPLES + sample];
  return fmi2OK;
}

static fmi2Status set_value(Unit *unit, int i, double value, int is_level) {
  const Condition *c = condition_of(i);
  if (is_level != (c->levels != NULL)) return REFUSE(unit, "%s is set as %s", c->name, c->levels ? "Integer" : "Real");
  if (is_level && level_index(c, value) < 0)
    return REFUSE(unit, "%s has no level %g; expected %s", c->name, value, c->range);
  /* Compared in float32, as the surrogate file does; NaN is outside as well. */
  if (!is_level && !((float)value >= (float)c->low && (float)value <= (float)c->high))
    return REFUSE(unit, "%s is %g, outside its range; expected %s", c->name, value, c->range);
  unit->state.values[i] = value;
  return fmi2OK;
}

/* --- variables ----------------------------------------------------------------------------------- */

EXPORTED fmi2Status fmi2SetReal(fmi2Component c, const fmi2ValueReference vr[], size_t n, const fmi2Real value[]) {
  Unit *unit = c;
  fmi2Status status = fmi2OK;
  unit->drawn = -1;
  for (size_t i = 0; i < n && status == fmi2OK; i++) {
    if (vr[i] < FIRST_VALUE || vr[i] >= FIRST_CHANNEL)
      status = REFUSE(unit, "no Real with value reference %u can be set", vr[i]);
    else
      status = set_value(unit, (int)(vr[i] - FIRST_VALUE), value[i], 0);
  }
  return status;
}

EXPORTED fmi2Status fmi2SetInteger(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                   const fmi2Integer value[]) {
  Unit *unit = c;
  fmi2Status status = fmi2OK;
  unit->drawn = -1;
  for (size_t i = 0; i < n && status == fmi2OK; i++) {
    if (vr[i] == SEED)
      unit->state.seed = value[i];
    else if (vr[i] == ROW && value[i] >= 0)
      unit->state.row = value[i];
    else if (vr[i] == ROW)
      status = REFUSE(unit, "row is %d; rows begin at 0", value[i]);
    else if (vr[i] < FIRST_VALUE || vr[i] >= FIRST_CHANNEL)
      status = REFUSE(unit, "no Integer with value reference %u can be set", vr[i]);
    else
      status = set_value(unit, (int)(vr[i] - FIRST_VALUE), value[i], 1);
  }
  return status;
}

EXPORTED fmi2Status fmi2SetBoolean(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                   const fmi2Boolean value[]) {
  Unit *unit = c;
  for (size_t i = 0; i < n; i++) {
    if (vr[i] != REPEAT) return REFUSE(unit, "no Boolean has value reference %u", vr[i]);
    unit->state.repeat = value[i] != 0;
  }
  return fmi2OK;
}

/* A condition or the signal, as a number. */
static fmi2Status get_value(Unit *unit, fmi2ValueReference vr, int as_integer, double *value) {
  if (vr >= FIRST_VALUE && vr < FIRST_CHANNEL && as_integer == (condition_of((int)vr - FIRST_VALUE)->levels != NULL)) {
    *value = unit->state.values[vr - FIRST_VALUE];
    return fmi2OK;
  }
  if (vr >= FIRST_CHANNEL && vr < REFERENCES && as_integer == SIGNAL_IS_INTEGER) {
    Value drawn = 0;
    fmi2Status status = output(unit, (int)vr - FIRST_CHANNEL, &drawn);
    *value = (double)drawn;
    return status;
  }
  return REFUSE(unit, "no %s has value reference %u", as_integer ? "Integer" : "Real", vr);
}

EXPORTED fmi2Status fmi2GetReal(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Real value[]) {
  fmi2Status status = fmi2OK;
  for (size_t i = 0; i < n && status == fmi2OK; i++) status = get_value(c, vr[i], 0, &value[i]);
  return status;
}

EXPORTED fmi2Status fmi2GetInteger(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Integer value[]) {
  Unit *unit = c;
  fmi2Status status = fmi2OK;
  for (size_t i = 0; i < n && status == fmi2OK; i++) {
    double number = 0;
    if (vr[i] == SEED)
      number = unit->state.seed;
    else if (vr[i] == ROW)
      number = unit->state.row;
    else
      status = get_value(unit, vr[i], 1, &number);
    value[i] = (int)number;
  }
  return status;
}

EXPORTED fmi2Status fmi2GetBoolean(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2Boolean value[]) {
  Unit *unit = c;
  for (size_t i = 0; i < n; i++) {
    if (vr[i] != REPEAT) return REFUSE(unit, "no Boolean has value reference %u", vr[i]);
    value[i] = unit->state.repeat;
  }
  return fmi2OK;
}

EXPORTED fmi2Status fmi2SetString(fmi2Component c, const fmi2ValueReference vr[], size_t n, const fmi2String value[]) {
  (void)vr, (void)value;
  return n ? REFUSE((Unit *)c, "the unit has no String") : fmi2OK;
}

EXPORTED fmi2Status fmi2GetString(fmi2Component c, const fmi2ValueReference vr[], size_t n, fmi2String value[]) {
  (void)vr, (void)value;
  return n ? REFUSE((Unit *)c, "the unit has no String") : fmi2OK;
}

/* --- life of an instance ------------------------------------------------------------------------- */

/* The path that a file URI names, in `path`; 0 for another kind of URI. */
static int path_of(const char *uri, char *path, size_t size) {
  if (!uri || strncmp(uri, "file:", 5)) return 0;
  uri += 5;
  if (!strncmp(uri, "//", 2)) uri = strchr(uri + 2, '/'); /* after the host's name, which is mostly empty */
  if (!uri) return 0;
  size_t n = 0;
  while (*uri && n + 1 < size) {
    unsigned code;
    if (*uri == '%' && sscanf(uri, "%%%2x", &code) == 1) {
      path[n++] = (char)code;
      uri += 3;
    } else {
      path[n++] = *uri++;
    }
  }
  path[n] = 0;
  return !*uri;
}

EXPORTED fmi2Component fmi2Instantiate(fmi2String name, fmi2Type type, fmi2String guid, fmi2String resources,
                                       const fmi2CallbackFunctions *host, fmi2Boolean visible, fmi2Boolean logging) {
  (void)visible, (void)logging;
  char path[4096];
  const char *failed = NULL;
  if (type != fmi2CoSimulation)
    failed = "the unit offers co-simulation only";
  else if (!guid || strcmp(guid, UNIT_GUID))
    failed = "the GUID is not that of this unit: modelDescription.xml and binary belong to different exports";
  else if (!path_of(resources, path, sizeof path))
    failed = "the resource location is not a file URI";
  else
    failed = runtime_open(path);
  if (failed) {
    complain(host, name, fmi2Error, "%s", failed);
    return NULL;
  }
  Unit *unit = malloc(sizeof *unit);
  if (unit) unit->name = malloc(strlen(name ? name : "") + 1);
  if (!unit || !unit->name) {
    free(unit);
    runtime_close();
    complain(host, name, fmi2Error, "out of memory");
    return NULL;
  }
  strcpy(unit->name, name ? name : "");
  unit->state = INITIAL;
  unit->host = host;
  unit->drawn = -1;
  return unit;
}

EXPORTED void fmi2FreeInstance(fmi2Component c) {
  Unit *unit = c;
  if (!unit) return;
  free(unit->name);
  free(unit);
  runtime_close();
}

EXPORTED fmi2Status fmi2Reset(fmi2Component c) {
  Unit *unit = c;
  unit->state = INITIAL;
  unit->drawn = -1;
  return fmi2OK;
}

EXPORTED fmi2Status fmi2SetupExperiment(fmi2Component c, fmi2Boolean tolerant, fmi2Real tolerance, fmi2Real start,
                                        fmi2Boolean ends, fmi2Real stop) {
  (void)tolerant, (void)tolerance, (void)ends, (void)stop;
  Unit *unit = c;
  unit->state.start = unit->state.time = start;
  return fmi2OK;
}

EXPORTED fmi2Status fmi2DoStep(fmi2Component c, fmi2Real now, fmi2Real size, fmi2Boolean no_return) {
  (void)no_return;
  Unit *unit = c;
  if (!(size >= 0)) return REFUSE(unit, "a step is not negative; got %g s", size);
  unit->state.time = now + size;
  return fmi2OK;
}

EXPORTED fmi2Status fmi2EnterInitializationMode(fmi2Component c) { return (void)c, fmi2OK; }
EXPORTED fmi2Status fmi2ExitInitializationMode(fmi2Component c) { return (void)c, fmi2OK; }
EXPORTED fmi2Status fmi2Terminate(fmi2Component c) { return (void)c, fmi2OK; }

EXPORTED const char *fmi2GetTypesPlatform(void) { return "default"; }
EXPORTED const char *fmi2GetVersion(void) { return "2.0"; }

EXPORTED fmi2Status fmi2SetDebugLogging(fmi2Component c, fmi2Boolean on, size_t n, const fmi2String categories[]) {
  return (void)c, (void)on, (void)n, (void)categories, fmi2OK;
}

/* --- states: so that a host can repeat a step ---------------------------------------------------- */

EXPORTED fmi2Status fmi2GetFMUstate(fmi2Component c, fmi2FMUstate *kept) {
  Unit *unit = c;
  if (!*kept) *kept = malloc(sizeof(State));
  if (!*kept) return REFUSE(unit, "out of memory");
  memcpy(*kept, &unit->state, sizeof(State));
  return fmi2OK;
}

EXPORTED fmi2Status fmi2SetFMUstate(fmi2Component c, fmi2FMUstate kept) {
  Unit *unit = c;
  memcpy(&unit->state, kept, sizeof(State));
  unit->drawn = -1;
  return fmi2OK;
}

EXPORTED fmi2Status fmi2FreeFMUstate(fmi2Component c, fmi2FMUstate *kept) {
  (void)c;
  free(*kept);
  *kept = NULL;
  return fmi2OK;
}

EXPORTED fmi2Status fmi2SerializedFMUstateSize(fmi2Component c, fmi2FMUstate kept, size_t *size) {
  (void)c, (void)kept;
  *size = sizeof(State);
  return fmi2OK;
}

EXPORTED fmi2Status fmi2SerializeFMUstate(fmi2Component c, fmi2FMUstate kept, fmi2Byte bytes[], size_t size) {
  if (size < sizeof(State)) return REFUSE((Unit *)c, "a state takes %zu bytes; got room for %zu", sizeof(State), size);
  memcpy(bytes, kept, sizeof(State));
  return fmi2OK;
}

EXPORTED fmi2Status fmi2DeSerializeFMUstate(fmi2Component c, const fmi2Byte bytes[], size_t size, fmi2FMUstate *kept) {
  if (size != sizeof(State)) return REFUSE((Unit *)c, "a state takes %zu bytes; got %zu", sizeof(State), size);
  *kept = malloc(sizeof(State));
  if (!*kept) return REFUSE((Unit *)c, "out of memory");
  memcpy(*kept, bytes, sizeof(State));
  return fmi2OK;
}

/* --- what the model description says that this unit cannot do, and a host may still look up ------- */

EXPORTED fmi2Status fmi2GetDirectionalDerivative(fmi2Component c, const fmi2ValueReference unknown[], size_t n,
                                                 const fmi2ValueReference known[], size_t m, const fmi2Real seed[],
                                                 fmi2Real derivative[]) {
  (void)unknown, (void)n, (void)known, (void)m, (void)seed, (void)derivative;
  return REFUSE((Unit *)c, "the unit has no derivatives");
}

EXPORTED fmi2Status fmi2SetRealInputDerivatives(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                                const fmi2Integer order[], const fmi2Real value[]) {
  (void)vr, (void)n, (void)order, (void)value;
  return REFUSE((Unit *)c, "the unit has no inputs");
}

EXPORTED fmi2Status fmi2GetRealOutputDerivatives(fmi2Component c, const fmi2ValueReference vr[], size_t n,
                                                 const fmi2Integer order[], fmi2Real value[]) {
  (void)vr, (void)n, (void)order, (void)value;
  return REFUSE((Unit *)c, "the unit has no derivatives");
}

EXPORTED fmi2Status fmi2CancelStep(fmi2Component c) { return REFUSE((Unit *)c, "steps are done at once"); }

EXPORTED fmi2Status fmi2GetStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Status *value) {
  return (void)c, (void)kind, (void)value, fmi2Discard;
}
EXPORTED fmi2Status fmi2GetRealStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Real *value) {
  return (void)c, (void)kind, (void)value, fmi2Discard;
}
EXPORTED fmi2Status fmi2GetIntegerStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Integer *value) {
  return (void)c, (void)kind, (void)value, fmi2Discard;
}
EXPORTED fmi2Status fmi2GetBooleanStatus(fmi2Component c, const fmi2StatusKind kind, fmi2Boolean *value) {
  return (void)c, (void)kind, (void)value, fmi2Discard;
}
EXPORTED fmi2Status fmi2GetStringStatus(fmi2Component c, const fmi2StatusKind kind, fmi2String *value) {
  return (void)c, (void)kind, (void)value, fmi2Discard;
}
