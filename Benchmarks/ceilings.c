// The two ceilings of this machine: multiply-adds in registers, and bytes streamed through memory.
//
//     ceilings THREADS    prints GFLOP/s in double, GFLOP/s in single, GB/s
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHAINS = 12, LANES = 64, ROUNDS = 15 };  // chains enough to hide the latency of a multiply-add
static const long steps = 20 * 1000 * 1000, elements = 8L << 20;

typedef double doubles __attribute__((vector_size(LANES)));
typedef float floats __attribute__((vector_size(LANES)));

static volatile double sink;

#define MULTIPLY_ADD(name, vector, lanes)                                                   \
    static double name(void) {                                                              \
        vector a = (vector){} + 0.999999f, b = (vector){} + 1e-6f, x[CHAINS];                \
        for (int c = 0; c < CHAINS; c++) x[c] = b * (float)c;                               \
        for (long i = 0; i < steps; i++)                                                    \
            _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) x[c] = x[c] * a + b; \
        double sum = 0;                                                                     \
        for (int c = 0; c < CHAINS; c++) sum += x[c][0];                                    \
        sink = sum;                                                                         \
        return 2.0 * steps * CHAINS * lanes;                                                \
    }
MULTIPLY_ADD(in_double, doubles, (LANES / 8))
MULTIPLY_ADD(in_single, floats, (LANES / 4))

// a = b + s c; with the line of a that is read before it is written, four times eight bytes an element.
static double triad(void) {
    static __thread double *a, *b, *c;
    if (!a) {
        double **parts[] = {&a, &b, &c};
        for (int i = 0; i < 3; i++) {
            *parts[i] = aligned_alloc(64, elements * 8);
            for (long k = 0; k < elements; k++) (*parts[i])[k] = k;
        }
    }
    for (long k = 0; k < elements; k++) a[k] = b[k] + 0.5 * c[k];
    sink = a[elements / 2];
    return 32.0 * elements;
}

// Of the thread, which other processes do not lengthen.
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

struct job {
    double (*work)(void);
    pthread_barrier_t *barrier;
    double best;
};

static void *measure(void *argument) {
    struct job *job = argument;
    job->work();
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(job->barrier);
        double start = now(), rate = job->work() / (now() - start);
        if (rate > job->best) job->best = rate;
    }
    return NULL;
}

static double ceiling(double (*work)(void), int threads) {
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, threads);
    pthread_t ids[threads];
    struct job jobs[threads];
    double sum = 0;
    for (int t = 0; t < threads; t++) {
        jobs[t] = (struct job){work, &barrier, 0};
        pthread_create(&ids[t], NULL, measure, &jobs[t]);
    }
    for (int t = 0; t < threads; t++) {
        pthread_join(ids[t], NULL);
        sum += jobs[t].best;
    }
    return sum * 1e-9;
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1;
    if (threads < 1 || threads > 64) return 64;
    printf("%.2f %.2f %.2f\n", ceiling(in_double, threads), ceiling(in_single, threads), ceiling(triad, threads));
}
