#define _GNU_SOURCE /* dladdr */
#include "runtime.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Places in onnxruntime's table of functions. The table only ever grows at its end, so they hold for every version. */
enum {
  GET_ERROR_MESSAGE = 2,
  CREATE_ENV = 3,
  CREATE_SESSION = 7,
  RUN = 9,
  CREATE_SESSION_OPTIONS = 10,
  SET_LOG_SEVERITY = 22,
  SET_INTRA_THREADS = 24,
  SET_INTER_THREADS = 25,
  CREATE_TENSOR = 49,
  GET_TENSOR_DATA = 51,
  GET_ELEMENT_COUNT = 64,
  GET_TYPE_AND_SHAPE = 65,
  CREATE_CPU_MEMORY = 69,
  RELEASE_ENV = 92,
  RELEASE_STATUS = 93,
  RELEASE_MEMORY = 94,
  RELEASE_SESSION = 95,
  RELEASE_VALUE = 96,
  RELEASE_SHAPE = 99,
  RELEASE_SESSION_OPTIONS = 100,
  ADD_CONFIG = 130
};
enum { API_VERSION = 21, SILENT = 4, ARENA = 1, DEFAULT_MEMORY = 0, FLOAT32 = 1, INT64 = 7 };

typedef void *Status; /* NULL: done */
typedef void (*Function)(void);
typedef struct {
  const Function *(*get_api)(uint32_t);
  const char *(*version)(void);
} Base;

#define CALL(place, ...) ((Status(*)(__VA_ARGS__))api[place])
#define RELEASE(place) ((void (*)(void *))api[place])

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users;
static void *library, *env, *session, *memory;
static const Function *api;
static _Thread_local char problem[1024];

static const char *told(const char *what, const char *why) {
  snprintf(problem, sizeof problem, "%s: %s", what, why ? why : "unknown");
  return problem;
}

/* NULL if `status` says that all went well, else its message. */
static const char *failure(const char *what, Status status) {
  if (!status) return NULL;
  told(what, ((const char *(*)(Status))api[GET_ERROR_MESSAGE])(status));
  RELEASE(RELEASE_STATUS)(status);
  return problem;
}

#define TRY(what, call)                       \
  do {                                        \
    const char *failed = failure(what, call); \
    if (failed) return failed;                \
  } while (0)

static const char *open_library(void) {
  Dl_info here;
  if (!dladdr(&users, &here)) return told("cannot find the unit's own folder", dlerror());
  const char *slash = strrchr(here.dli_fname, '/');
  int folder = slash ? (int)(slash - here.dli_fname) + 1 : 0;
  char path[4096];
  snprintf(path, sizeof path, "%.*s" UNIT_LIBRARY, folder, here.dli_fname);
  /* From 1.29 on onnxruntime writes a database under $HOME unless this is set before it is loaded. */
  setenv("ORT_DISABLE_TELEMETRY", "1", 0);
  /* By its full path, and for this unit alone: the host may hold another onnxruntime. */
  library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return told("cannot load onnxruntime", dlerror());
  const Base *(*base)(void);
  *(void **)&base = dlsym(library, "OrtGetApiBase");
  if (!base || !(api = base()->get_api(API_VERSION))) return told(path, "not an onnxruntime of version 1.21 or newer");
  return NULL;
}

static const char *open_session(const char *resources) {
  char path[4096];
  snprintf(path, sizeof path, "%s/" UNIT_MODEL, resources);
  void *options;
  TRY("onnxruntime", CALL(CREATE_ENV, int, const char *, void **)(SILENT, UNIT_NAME, &env));
  TRY("onnxruntime", CALL(CREATE_CPU_MEMORY, int, int, void **)(ARENA, DEFAULT_MEMORY, &memory));
  TRY("onnxruntime", CALL(CREATE_SESSION_OPTIONS, void **)(&options));
  CALL(SET_LOG_SEVERITY, void *, int)(options, SILENT);
  /* One thread: with more the last bits of some networks' signals depend on how rows are cut. */
  CALL(SET_INTRA_THREADS, void *, int)(options, 1);
  CALL(SET_INTER_THREADS, void *, int)(options, 1);
  CALL(ADD_CONFIG, void *, const char *, const char *)(options, "session.load_model_format", "ONNX");
  Status status = CALL(CREATE_SESSION, void *, const char *, void *, void **)(env, path, options, &session);
  RELEASE(RELEASE_SESSION_OPTIONS)(options);
  return failure(path, status);
}

static void release(void) {
  if (session) RELEASE(RELEASE_SESSION)(session);
  if (memory) RELEASE(RELEASE_MEMORY)(memory);
  if (env) RELEASE(RELEASE_ENV)(env);
  if (library) dlclose(library);
  library = env = session = memory = NULL;
  api = NULL;
}

const char *runtime_open(const char *resources) {
  const char *failed = NULL;
  pthread_mutex_lock(&lock);
  if (!users) {
    failed = open_library();
    if (!failed) failed = open_session(resources);
    if (failed) release();
  }
  if (!failed) users++;
  pthread_mutex_unlock(&lock);
  return failed;
}

void runtime_close(void) {
  pthread_mutex_lock(&lock);
  if (!--users) release();
  pthread_mutex_unlock(&lock);
}

/* A tensor over `data`; `shape` is that of one row. */
static Status tensor(void *data, size_t bytes, const int64_t *shape, size_t rank, int type, void **value) {
  return CALL(CREATE_TENSOR, void *, void *, size_t, const int64_t *, size_t, int, void **)(memory, data, bytes, shape,
                                                                                            rank, type, value);
}

static const char *run(void **inputs, const char **names, void **output, void *signal) {
  const char *outputs[] = {"signal"};
  TRY("onnxruntime", CALL(RUN, void *, const void *, const char **, void **, size_t, const char **, size_t,
                          void **)(session, NULL, names, inputs, 2 + CONDITIONS, outputs, 1, output));
  void *shape, *data;
  size_t count;
  TRY("onnxruntime", CALL(GET_TYPE_AND_SHAPE, void *, void **)(*output, &shape));
  Status status = CALL(GET_ELEMENT_COUNT, void *, size_t *)(shape, &count);
  RELEASE(RELEASE_SHAPE)(shape);
  TRY("onnxruntime", status);
  if (count != (size_t)CHANNELS * SAMPLES) return told(UNIT_MODEL, "the graph gave a signal of another shape");
  TRY("onnxruntime", CALL(GET_TENSOR_DATA, void *, void **)(*output, &data));
  memcpy(signal, data, count * sizeof(Value));
  return NULL;
}

const char *runtime_draw(int64_t seed, int64_t row, const double *conditions, void *signal) {
  static const int64_t one[] = {1};
  const char *names[2 + CONDITIONS] = {"seed", "rows"};
  void *inputs[2 + CONDITIONS] = {NULL}, *output = NULL;
  float numbers[VALUES + 1];
  int64_t indices[VALUES + 1];
  for (int i = 0; i < VALUES; i++) {
    numbers[i] = (float)conditions[i];
    indices[i] = (int64_t)conditions[i];
  }
  const char *failed = failure("onnxruntime", tensor(&seed, sizeof seed, NULL, 0, INT64, &inputs[0]));
  if (!failed) failed = failure("onnxruntime", tensor(&row, sizeof row, one, 1, INT64, &inputs[1]));
  for (int i = 0; i < CONDITIONS && !failed; i++) {
    const Condition *c = &CONDITION[i];
    void *data = c->levels ? (void *)(indices + c->first) : (void *)(numbers + c->first);
    size_t bytes = c->size * (c->levels ? sizeof(int64_t) : sizeof(float));
    names[2 + i] = c->name;
    failed = failure(c->name, tensor(data, bytes, c->shape, c->rank, c->levels ? INT64 : FLOAT32, &inputs[2 + i]));
  }
  if (!failed) failed = run(inputs, names, &output, signal);
  for (int i = 0; i < 2 + CONDITIONS; i++)
    if (inputs[i]) RELEASE(RELEASE_VALUE)(inputs[i]);
  if (output) RELEASE(RELEASE_VALUE)(output);
  return failed;
}
