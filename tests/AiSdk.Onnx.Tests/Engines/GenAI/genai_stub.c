// The part of ONNX Runtime GenAI's C API that the engine uses, over a toy model whose logits are a hash of the last three tokens and their place.
// Handles are counted, and never freed: a use behind the end is seen by its mark, and counted too.
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum Kind { CONFIG, MODEL, PARAMETERS, GENERATOR, TENSOR, ADAPTERS, SEQUENCES, ENGINE, REQUEST, RESULT, STRING, KINDS };

static const uint32_t ALIVE = 0xA11CE5ED, DEAD = 0xDEADDEAD;

typedef struct Handle {
  uint32_t mark;
  int kind;
  int references;
  struct Handle* parent;
} Handle;

typedef struct { Handle head; char folder[1024]; int vocabulary, context, end; bool paged; char providers[256]; } Config;
typedef struct { Handle head; int vocabulary, context, end; bool gpu, once; const char* device; } Model;
typedef struct { Handle head; double max_length, temperature; bool sample; char guidance[64]; } Parameters;
typedef struct { Handle head; Model* model; int max_length; char guidance[64]; int32_t* tokens; int length; bool has_logits; float* set; volatile bool terminated; } Generator;
typedef struct { Handle head; float* data; int64_t shape[3]; } Tensor;
typedef struct { Handle head; char names[256]; } Adapters;
typedef struct { Handle head; int32_t* tokens; size_t count; } Sequences;
typedef struct Request { Handle head; Model* model; int max_length; int32_t* tokens; int length; int seen; bool complete, ready; void* opaque; struct Engine* engine; } Request;
typedef struct Engine { Handle head; Model* model; Request* requests[64]; int count, next; } Engine;
typedef struct { Handle head; char text[512]; } Result;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int64_t created[KINDS], destroyed[KINDS];
static int64_t violations, steps, most_together, read_tokens, rewinds, in_engine, on_device;
static char events[65536];
static char fail_function[64], fail_text[256];
static int fail_after;
static volatile int delay_us;
// The token of the digit 0, with the others behind it; negative as a library that takes a pattern and passes it over in silence.
static int guided_zero = -1;

static void violation(const char* what) {
  pthread_mutex_lock(&gate);
  violations++;
  strncat(events, "VIOLATION ", sizeof(events) - strlen(events) - 1);
  strncat(events, what, sizeof(events) - strlen(events) - 1);
  strncat(events, "\n", sizeof(events) - strlen(events) - 1);
  pthread_mutex_unlock(&gate);
}

static void event(const char* what, const char* a, const char* b, const char* c) {
  char line[1500];
  snprintf(line, sizeof(line), "%s %s %s %s\n", what, a ? a : "", b ? b : "", c ? c : "");
  pthread_mutex_lock(&gate);
  strncat(events, line, sizeof(events) - strlen(events) - 1);
  pthread_mutex_unlock(&gate);
}

static void* make(size_t size, int kind, void* parent) {
  Handle* handle = calloc(1, size);
  handle->mark = ALIVE;
  handle->kind = kind;
  handle->references = 1;
  handle->parent = parent;
  pthread_mutex_lock(&gate);
  created[kind]++;
  pthread_mutex_unlock(&gate);
  return handle;
}

// Also the objects that it was made from must be alive.
static void check(const void* object, int kind, const char* function) {
  const Handle* handle = object;
  if (!handle || handle->mark != ALIVE || handle->kind != kind) {
    violation(function);
    return;
  }
  for (handle = handle->parent; handle; handle = handle->parent)
    if (handle->mark != ALIVE)
      violation(function);
}

static void destroy(void* object, int kind, const char* function) {
  check(object, kind, function);
  Handle* handle = object;
  if (--handle->references == 0)
    handle->mark = DEAD;
  pthread_mutex_lock(&gate);
  destroyed[kind]++;
  pthread_mutex_unlock(&gate);
}

static void* failure(const char* text) {
  Result* result = make(sizeof(Result), RESULT, NULL);
  snprintf(result->text, sizeof(result->text), "%s", text);
  return result;
}

static void* ordered_failure(const char* function) {
  if (strcmp(fail_function, function) != 0 || fail_after-- > 0)
    return NULL;
  fail_function[0] = 0;
  return failure(fail_text);
}

#define TRY(function) do { void* ordered = ordered_failure(function); if (ordered) return ordered; } while (0)

// -- for the tests

void stub_fail(const char* function, int after, const char* text) {
  snprintf(fail_function, sizeof(fail_function), "%s", function);
  snprintf(fail_text, sizeof(fail_text), "%s", text);
  fail_after = after;
}
void stub_delay(int microseconds) { delay_us = microseconds; }
void stub_guide(int zero) { guided_zero = zero; }
int64_t stub_created(int kind) { return created[kind]; }
int64_t stub_destroyed(int kind) { return destroyed[kind]; }
int64_t stub_violations(void) { return violations; }
int64_t stub_steps(void) { return steps; }
int64_t stub_most_together(void) { return most_together; }
int64_t stub_read_tokens(void) { return read_tokens; }
int64_t stub_rewinds(void) { return rewinds; }
const char* stub_events(void) { return events; }
const char* stub_variable(const char* name) { return getenv(name); }
void stub_reset(void) {
  pthread_mutex_lock(&gate);
  memset(created, 0, sizeof(created));
  memset(destroyed, 0, sizeof(destroyed));
  violations = steps = most_together = read_tokens = rewinds = 0;
  events[0] = 0;
  fail_function[0] = 0;
  delay_us = 0;
  guided_zero = -1;
  pthread_mutex_unlock(&gate);
}

// -- the toy model

static uint32_t mix(uint32_t hash, uint32_t value) {
  hash ^= value + 0x9E3779B9u + (hash << 6) + (hash >> 2);
  hash *= 0x85EBCA6Bu;
  return hash ^ (hash >> 13);
}

static float logit(const int32_t* tokens, int length, int token) {
  uint32_t hash = mix(17, (uint32_t)length);
  for (int i = length > 3 ? length - 3 : 0; i < length; i++)
    hash = mix(hash, (uint32_t)tokens[i]);
  hash = mix(hash, (uint32_t)token);
  return (float)(hash & 0xFFFFFF) / 16777216.0f * 8.0f - 4.0f;
}

static int best(const int32_t* tokens, int length, int vocabulary) {
  int choice = 0;
  for (int token = 1; token < vocabulary; token++)
    if (logit(tokens, length, token) > logit(tokens, length, choice))
      choice = token;
  return choice;
}

// -- results and strings

const char* OgaResultGetError(void* result) { check(result, RESULT, "OgaResultGetError"); return ((Result*)result)->text; }
void OgaDestroyResult(void* result) { destroy(result, RESULT, "OgaDestroyResult"); }
void OgaDestroyString(const char* text) { destroy((char*)text - sizeof(Handle), STRING, "OgaDestroyString"); }
void OgaShutdown(void) {}

// -- config and model

static int number(const char* json, const char* name, int fallback) {
  const char* at = strstr(json, name);
  if (!at)
    return fallback;
  at = strchr(at, ':') + 1;
  while (*at == ' ' || *at == '[')
    at++;
  return atoi(at);
}

void* OgaCreateConfig(const char* folder, void** out) {
  TRY("OgaCreateConfig");
  char path[1200];
  snprintf(path, sizeof(path), "%s/genai_config.json", folder);
  FILE* file = fopen(path, "rb");
  if (!file)
    return failure("no genai_config.json");
  static char json[65536];
  json[fread(json, 1, sizeof(json) - 1, file)] = 0;
  fclose(file);
  Config* config = make(sizeof(Config), CONFIG, NULL);
  snprintf(config->folder, sizeof(config->folder), "%s", folder);
  config->vocabulary = number(json, "\"vocab_size\"", 0);
  config->context = number(json, "\"context_length\"", 0);
  config->end = number(json, "\"eos_token_id\"", -1);
  *out = config;
  return NULL;
}
void OgaDestroyConfig(void* config) { destroy(config, CONFIG, "OgaDestroyConfig"); }

void* OgaConfigClearProviders(void* config) {
  check(config, CONFIG, "OgaConfigClearProviders");
  event("clear_providers", NULL, NULL, NULL);
  return NULL;
}
void* OgaConfigAppendProvider(Config* config, const char* provider) {
  check(config, CONFIG, "OgaConfigAppendProvider");
  TRY("OgaConfigAppendProvider");
  snprintf(config->providers, sizeof(config->providers), "%s", provider);
  event("provider", provider, NULL, NULL);
  return NULL;
}
void* OgaConfigSetProviderOption(Config* config, const char* provider, const char* key, const char* value) {
  check(config, CONFIG, "OgaConfigSetProviderOption");
  TRY("OgaConfigSetProviderOption");
  if (strcmp(config->providers, provider) != 0)
    return failure("no such provider");
  event("provider_option", provider, key, value);
  return NULL;
}
void* OgaConfigOverlay(void* config, const char* json) {
  check(config, CONFIG, "OgaConfigOverlay");
  event("overlay", json, NULL, NULL);
  return NULL;
}
void* OgaCreateModelFromConfig(Config* config, void** out) {
  check(config, CONFIG, "OgaCreateModelFromConfig");
  TRY("OgaCreateModelFromConfig");
  Model* model = make(sizeof(Model), MODEL, NULL);
  model->vocabulary = config->vocabulary;
  model->context = config->context;
  model->end = config->end;
  model->gpu = config->providers[0] != 0;
  // Some devices take tokens once.
  model->once = strcmp(config->providers, "dml") == 0 || strcmp(config->providers, "qnn") == 0;
  model->device = strcmp(config->providers, "dml") == 0 ? "DirectML" : strcmp(config->providers, "qnn") == 0 ? "QnnWithSharedMemory" : model->gpu ? "CUDA" : "CPU";
  *out = model;
  return NULL;
}
void OgaDestroyModel(void* model) { destroy(model, MODEL, "OgaDestroyModel"); }
void* OgaModelGetDeviceType(Model* model, const char** out) {
  check(model, MODEL, "OgaModelGetDeviceType");
  TRY("OgaModelGetDeviceType");
  Handle* text = make(sizeof(Handle) + 32, STRING, NULL);
  strcpy((char*)(text + 1), model->device);
  *out = (const char*)(text + 1);
  return NULL;
}

// -- parameters

void* OgaCreateGeneratorParams(Model* model, void** out) {
  check(model, MODEL, "OgaCreateGeneratorParams");
  TRY("OgaCreateGeneratorParams");
  Parameters* parameters = make(sizeof(Parameters), PARAMETERS, model);
  parameters->max_length = model->context;
  *out = parameters;
  return NULL;
}
void OgaDestroyGeneratorParams(void* parameters) { destroy(parameters, PARAMETERS, "OgaDestroyGeneratorParams"); }
void* OgaGeneratorParamsSetSearchNumber(Parameters* parameters, const char* name, double value) {
  check(parameters, PARAMETERS, "OgaGeneratorParamsSetSearchNumber");
  TRY("OgaGeneratorParamsSetSearchNumber");
  char text[64];
  snprintf(text, sizeof(text), "%g", value);
  event("number", name, text, NULL);
  if (strcmp(name, "max_length") == 0)
    parameters->max_length = value;
  return NULL;
}
void* OgaGeneratorParamsSetSearchBool(Parameters* parameters, const char* name, bool value) {
  check(parameters, PARAMETERS, "OgaGeneratorParamsSetSearchBool");
  event("bool", name, value ? "true" : "false", NULL);
  if (strcmp(name, "do_sample") == 0)
    parameters->sample = value;
  return NULL;
}
void* OgaGeneratorParamsSetGuidance(Parameters* parameters, const char* type, const char* data, bool forced) {
  check(parameters, PARAMETERS, "OgaGeneratorParamsSetGuidance");
  TRY("OgaGeneratorParamsSetGuidance");
  snprintf(parameters->guidance, sizeof(parameters->guidance), "%s", data);
  return NULL;
}

// -- generator

// Generators of one model share the stream of a device.
static void run(const Model* model, int change) {
  if (model->gpu && __sync_add_and_fetch(&on_device, change) > 1)
    violation("two runs at once on a device");
}

void* OgaCreateGenerator(Model* model, Parameters* parameters, void** out) {
  check(model, MODEL, "OgaCreateGenerator");
  check(parameters, PARAMETERS, "OgaCreateGenerator");
  TRY("OgaCreateGenerator");
  if (parameters->max_length > model->context)
    return failure("max_length cannot be greater than model context_length");
  Generator* generator = make(sizeof(Generator), GENERATOR, model);
  generator->model = model;
  generator->max_length = (int)parameters->max_length;
  memcpy(generator->guidance, parameters->guidance, sizeof(generator->guidance));
  generator->tokens = calloc(generator->max_length + 1, sizeof(int32_t));
  *out = generator;
  return NULL;
}
void OgaDestroyGenerator(void* generator) { destroy(generator, GENERATOR, "OgaDestroyGenerator"); }

void* OgaGenerator_AppendTokens(Generator* generator, const int32_t* tokens, size_t count) {
  check(generator, GENERATOR, "OgaGenerator_AppendTokens");
  if (generator->terminated) {
    // It must be thrown away.
    violation("use of a terminated generator");
    return failure("session terminated");
  }
  TRY("OgaGenerator_AppendTokens");
  if (count == 0)
    return failure("input_ids is empty");
  if (generator->length + (int)count > generator->max_length)
    return failure("input_ids size exceeds max length");
  if (generator->model->once && generator->length > 0)
    return failure("Continuous decoding is not supported on the selected device type.");
  run(generator->model, 1);
  for (int waited = 0; waited < delay_us && !generator->terminated; waited += 100)
    usleep(100);
  run(generator->model, -1);
  if (generator->terminated)
    return failure("Session in Terminated state, exiting!");
  memcpy(generator->tokens + generator->length, tokens, count * sizeof(int32_t));
  generator->length += (int)count;
  generator->has_logits = true;
  pthread_mutex_lock(&gate);
  read_tokens += count;
  pthread_mutex_unlock(&gate);
  return NULL;
}
void* OgaGenerator_GetLogits(Generator* generator, void** out) {
  check(generator, GENERATOR, "OgaGenerator_GetLogits");
  TRY("OgaGenerator_GetLogits");
  if (!generator->has_logits)
    return failure("no logits");
  Tensor* tensor = make(sizeof(Tensor), TENSOR, generator);
  tensor->shape[0] = tensor->shape[1] = 1;
  tensor->shape[2] = generator->model->vocabulary;
  tensor->data = malloc(sizeof(float) * generator->model->vocabulary);
  for (int token = 0; token < generator->model->vocabulary; token++)
    tensor->data[token] = logit(generator->tokens, generator->length, token);
  *out = tensor;
  return NULL;
}
void* OgaGenerator_SetLogits(Generator* generator, Tensor* tensor) {
  check(generator, GENERATOR, "OgaGenerator_SetLogits");
  check(tensor, TENSOR, "OgaGenerator_SetLogits");
  TRY("OgaGenerator_SetLogits");
  generator->set = malloc(sizeof(float) * generator->model->vocabulary);
  memcpy(generator->set, tensor->data, sizeof(float) * generator->model->vocabulary);
  return NULL;
}
#ifndef WITHOUT_REWIND
void* OgaGenerator_RewindTo(Generator* generator, size_t length) {
  check(generator, GENERATOR, "OgaGenerator_RewindTo");
  if (generator->terminated)
    violation("rewinding a terminated generator");
  TRY("OgaGenerator_RewindTo");
  if ((int)length > generator->length)
    return failure("cannot rewind to a length greater than the current one");
  generator->length = (int)length;
  generator->has_logits = false;
  pthread_mutex_lock(&gate);
  rewinds++;
  pthread_mutex_unlock(&gate);
  return NULL;
}
#endif
void* OgaGenerator_SetRuntimeOption(Generator* generator, const char* key, const char* value) {
  check(generator, GENERATOR, "OgaGenerator_SetRuntimeOption");
  if (strcmp(key, "terminate_session") == 0)
    generator->terminated = strcmp(value, "1") == 0;
  return NULL;
}
void* OgaGenerator_GenerateNextToken(Generator* generator) {
  check(generator, GENERATOR, "OgaGenerator_GenerateNextToken");
  TRY("OgaGenerator_GenerateNextToken");
  int token = best(generator->tokens, generator->length, generator->model->vocabulary);
  if (guided_zero >= 0 && generator->guidance[0])
    token = guided_zero + (generator->guidance[0] - '0');
  if (generator->set) {
    token = 0;
    for (int i = 1; i < generator->model->vocabulary; i++)
      if (generator->set[i] > generator->set[token])
        token = i;
    generator->set = NULL;
  }
  if (generator->length == generator->max_length)
    return failure("max length reached");
  generator->tokens[generator->length++] = token;
  return NULL;
}
size_t OgaGenerator_GetSequenceCount(Generator* generator, size_t index) { check(generator, GENERATOR, "OgaGenerator_GetSequenceCount"); return generator->length; }
const int32_t* OgaGenerator_GetSequenceData(Generator* generator, size_t index) { check(generator, GENERATOR, "OgaGenerator_GetSequenceData"); return generator->tokens; }

// -- tensor

void* OgaTensorGetType(void* tensor, int* out) { check(tensor, TENSOR, "OgaTensorGetType"); *out = 1; return NULL; }
void* OgaTensorGetShapeRank(void* tensor, size_t* out) { check(tensor, TENSOR, "OgaTensorGetShapeRank"); *out = 3; return NULL; }
void* OgaTensorGetShape(Tensor* tensor, int64_t* shape, size_t rank) {
  check(tensor, TENSOR, "OgaTensorGetShape");
  memcpy(shape, tensor->shape, rank * sizeof(int64_t));
  return NULL;
}
void* OgaTensorGetData(Tensor* tensor, void** out) { check(tensor, TENSOR, "OgaTensorGetData"); TRY("OgaTensorGetData"); *out = tensor->data; return NULL; }
void OgaDestroyTensor(Tensor* tensor) {
  destroy(tensor, TENSOR, "OgaDestroyTensor");
  // What was read too late is not what was there.
  memset(tensor->data, 0x7F, sizeof(float) * tensor->shape[2]);
}

// -- adapters

void* OgaCreateAdapters(Model* model, void** out) { check(model, MODEL, "OgaCreateAdapters"); *out = make(sizeof(Adapters), ADAPTERS, model); return NULL; }
void OgaDestroyAdapters(void* adapters) { destroy(adapters, ADAPTERS, "OgaDestroyAdapters"); }
void* OgaLoadAdapter(Adapters* adapters, const char* path, const char* name) {
  check(adapters, ADAPTERS, "OgaLoadAdapter");
  TRY("OgaLoadAdapter");
  strncat(adapters->names, name, sizeof(adapters->names) - strlen(adapters->names) - 1);
  event("adapter", name, path, NULL);
  return NULL;
}
void* OgaSetActiveAdapter(Generator* generator, Adapters* adapters, const char* name) {
  check(generator, GENERATOR, "OgaSetActiveAdapter");
  check(adapters, ADAPTERS, "OgaSetActiveAdapter");
  TRY("OgaSetActiveAdapter");
  if (!strstr(adapters->names, name))
    return failure("no such adapter");
  // From now on the adapters must outlive the generator.
  generator->head.parent = &adapters->head;
  event("active_adapter", name, NULL, NULL);
  return NULL;
}

// -- engine

void* OgaCreateSequences(void** out) { *out = make(sizeof(Sequences), SEQUENCES, NULL); return NULL; }
void OgaDestroySequences(void* sequences) { destroy(sequences, SEQUENCES, "OgaDestroySequences"); }
void* OgaAppendTokenSequence(const int32_t* tokens, size_t count, Sequences* sequences) {
  check(sequences, SEQUENCES, "OgaAppendTokenSequence");
  sequences->tokens = malloc(count * sizeof(int32_t));
  memcpy(sequences->tokens, tokens, count * sizeof(int32_t));
  sequences->count = count;
  return NULL;
}
void* OgaCreateEngine(Model* model, void** out) {
  check(model, MODEL, "OgaCreateEngine");
  TRY("OgaCreateEngine");
  Engine* engine = make(sizeof(Engine), ENGINE, model);
  engine->model = model;
  *out = engine;
  return NULL;
}
void OgaDestroyEngine(Engine* engine) {
  destroy(engine, ENGINE, "OgaDestroyEngine");
  if (engine->count > 0)
    violation("an engine is destroyed with requests in it");
}

// Calls on an engine are the caller's to put in order.
static void enter(void) {
  if (__sync_add_and_fetch(&in_engine, 1) != 1)
    violation("two calls at once");
}
static void leave(void) { __sync_sub_and_fetch(&in_engine, 1); }

void* OgaCreateRequest(Parameters* parameters, void** out) {
  check(parameters, PARAMETERS, "OgaCreateRequest");
  TRY("OgaCreateRequest");
  Request* request = make(sizeof(Request), REQUEST, parameters->head.parent);
  request->model = (Model*)parameters->head.parent;
  request->max_length = (int)parameters->max_length;
  request->tokens = calloc(request->max_length + 1, sizeof(int32_t));
  *out = request;
  return NULL;
}
void OgaDestroyRequest(void* request) { destroy(request, REQUEST, "OgaDestroyRequest"); }
void* OgaRequestAddTokens(Request* request, Sequences* sequences) {
  check(request, REQUEST, "OgaRequestAddTokens");
  check(sequences, SEQUENCES, "OgaRequestAddTokens");
  memcpy(request->tokens, sequences->tokens, sequences->count * sizeof(int32_t));
  request->length = request->seen = (int)sequences->count;
  return NULL;
}
void* OgaEngineAddRequest(Engine* engine, Request* request) {
  enter();
  check(engine, ENGINE, "OgaEngineAddRequest");
  check(request, REQUEST, "OgaEngineAddRequest");
  void* ordered = ordered_failure("OgaEngineAddRequest");
  if (!ordered) {
    engine->requests[engine->count++] = request;
    request->engine = engine;
    // The engine's own reference.
    request->head.references++;
    if (engine->count > most_together)
      most_together = engine->count;
  }
  leave();
  return ordered;
}
void* OgaEngineRemoveRequest(Engine* engine, Request* request) {
  enter();
  check(engine, ENGINE, "OgaEngineRemoveRequest");
  check(request, REQUEST, "OgaEngineRemoveRequest");
  for (int i = 0; i < engine->count; i++) {
    if (engine->requests[i] == request) {
      memmove(engine->requests + i, engine->requests + i + 1, (engine->count - i - 1) * sizeof(Request*));
      engine->count--;
      if (--request->head.references == 0)
        request->head.mark = DEAD;
      break;
    }
  }
  leave();
  return NULL;
}
void* OgaEngineStep(Engine* engine, void** out) {
  enter();
  check(engine, ENGINE, "OgaEngineStep");
  *out = NULL;
  void* ordered = ordered_failure("OgaEngineStep");
  if (ordered) {
    leave();
    return ordered;
  }
  bool any = false;
  for (int i = 0; i < engine->count; i++)
    any |= engine->requests[i]->ready;
  if (!any) {
    // A token for each, which they are given one after the other.
    steps++;
    run(engine->model, 1);
    if (delay_us > 0)
      usleep(delay_us);
    run(engine->model, -1);
    for (int i = 0; i < engine->count; i++) {
      Request* request = engine->requests[i];
      if (request->complete)
        continue;
      int token = best(request->tokens, request->length, request->model->vocabulary);
      if (token == request->model->end)
        request->complete = true;
      else
        request->tokens[request->length++] = token;
      if (request->length >= request->max_length)
        request->complete = true;
      request->ready = true;
    }
  }
  for (int i = 0; i < engine->count && !*out; i++) {
    Request* request = engine->requests[i];
    if (request->ready) {
      request->ready = false;
      request->head.references++;
      pthread_mutex_lock(&gate);
      created[REQUEST]++;
      pthread_mutex_unlock(&gate);
      *out = request;
    }
  }
  leave();
  return NULL;
}
void* OgaEngineHasPendingRequests(Engine* engine, bool* out) {
  check(engine, ENGINE, "OgaEngineHasPendingRequests");
  *out = false;
  for (int i = 0; i < engine->count; i++)
    *out |= !engine->requests[i]->complete;
  return NULL;
}
void* OgaRequestHasUnseenTokens(Request* request, bool* out) { check(request, REQUEST, "OgaRequestHasUnseenTokens"); *out = request->seen < request->length; return NULL; }
void* OgaRequestGetUnseenToken(Request* request, int32_t* out) {
  check(request, REQUEST, "OgaRequestGetUnseenToken");
  *out = request->tokens[request->seen++];
  return NULL;
}
void* OgaRequestIsTurnComplete(Request* request, bool* out) { check(request, REQUEST, "OgaRequestIsTurnComplete"); *out = request->complete; return NULL; }
void* OgaRequestSetOpaqueData(Request* request, void* data) { check(request, REQUEST, "OgaRequestSetOpaqueData"); request->opaque = data; return NULL; }
void* OgaRequestGetOpaqueData(Request* request, void** out) { check(request, REQUEST, "OgaRequestGetOpaqueData"); *out = request->opaque; return NULL; }
