#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CNetCDFReader.h"

#include <errno.h>
#include <fcntl.h>
#include <netcdf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#define CLOSE_ON_EXEC SOCK_CLOEXEC
#else
#define CLOSE_ON_EXEC 0
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#endif

// Bytes that grow; `status` keeps the first error.
typedef struct {
    char *bytes;
    size_t count, capacity;
    int status;
} buffer;

static void append(buffer *to, const void *bytes, size_t count) {
    if (to->status) return;
    if (to->capacity - to->count < count) {
        size_t capacity = 2 * (to->count + count) + 4096;
        char *larger = capacity > count ? realloc(to->bytes, capacity) : NULL;
        if (!larger) {
            to->status = NC_ENOMEM;
            return;
        }
        to->bytes = larger;
        to->capacity = capacity;
    }
    if (count) memcpy(to->bytes + to->count, bytes, count);
    to->count += count;
}

static void append_number(buffer *to, int64_t number) { append(to, &number, sizeof number); }

static void append_text(buffer *to, const char *text) {
    size_t length = text ? strlen(text) : 0;
    append_number(to, (int64_t)length);
    append(to, text, length);
}

// Keeps the first error of the library; whether there is none.
static int check(buffer *to, int status) {
    if (!to->status) to->status = status;
    return !to->status;
}

// What the limits of memory leave for values is told by malloc, not by a number in the file.
static void *room(buffer *to, size_t count, size_t size) {
    void *bytes = size && count >= SIZE_MAX / size ? NULL : malloc(count * size + 1);
    if (!bytes) check(to, NC_ENOMEM);
    return bytes;
}

static void append_strings(buffer *to, char **strings, size_t count) {
    for (size_t i = 0; i < count; i++) append_text(to, strings[i]);
    nc_free_string(count, strings);
}

static void append_attribute(buffer *to, int file, int variable, int number) {
    char name[NC_MAX_NAME + 1] = "";
    nc_type type = 0;
    size_t count = 0, size = 0;
    if (!check(to, nc_inq_attname(file, variable, number, name))) return;
    if (!check(to, nc_inq_att(file, variable, name, &type, &count))) return;
    append_text(to, name);
    append_number(to, type);
    append_number(to, (int64_t)count);
    // Of types that a file defines itself, the name alone is told.
    if (type > NC_STRING || !check(to, nc_inq_type(file, type, NULL, &size))) return;
    void *values = room(to, count, size);
    if (!values) return;
    if (check(to, nc_get_att(file, variable, name, values))) {
        if (type == NC_STRING) append_strings(to, values, count);
        else append(to, values, count * size);
    }
    free(values);
}

static void append_attributes(buffer *to, int file, int variable) {
    int count = 0;
    if (!check(to, nc_inq_varnatts(file, variable, &count))) return;
    append_number(to, count);
    for (int i = 0; i < count && !to->status; i++) append_attribute(to, file, variable, i);
}

static void append_dimension(buffer *to, int file, int number) {
    char name[NC_MAX_NAME + 1] = "";
    size_t length = 0;
    if (!check(to, nc_inq_dim(file, number, name, &length))) return;
    append_text(to, name);
    append_number(to, length > INT64_MAX ? INT64_MAX : (int64_t)length);
}

static void append_dimensions(buffer *to, int file, const int *numbers, int count) {
    append_number(to, count);
    for (int i = 0; i < count && !to->status; i++) append_dimension(to, file, numbers[i]);
}

static void append_variable(buffer *to, int file, int number) {
    char name[NC_MAX_NAME + 1] = "";
    nc_type type = 0;
    int rank = 0, dimensions[NC_MAX_VAR_DIMS];
    if (!check(to, nc_inq_var(file, number, name, &type, &rank, dimensions, NULL))) return;
    append_number(to, number);
    append_text(to, name);
    append_number(to, type);
    append_dimensions(to, file, dimensions, rank);
    append_attributes(to, file, number);
}

static void append_description(buffer *to, int file) {
    int count = 0;
    if (!check(to, nc_inq_dimids(file, &count, NULL, 0))) return;
    int *numbers = room(to, (size_t)count, sizeof *numbers);
    if (!numbers) return;
    if (check(to, nc_inq_dimids(file, &count, numbers, 0))) append_dimensions(to, file, numbers, count);
    free(numbers);
    if (!check(to, nc_inq_nvars(file, &count))) return;
    append_number(to, count);
    for (int i = 0; i < count && !to->status; i++) append_variable(to, file, i);
    append_attributes(to, file, NC_GLOBAL);
}

// How many values a variable has, and the bytes of each in memory.
static void measure(buffer *to, int file, int variable, nc_type *type, size_t *count, size_t *size) {
    int rank = 0, dimensions[NC_MAX_VAR_DIMS];
    *count = 1;
    if (!check(to, nc_inq_var(file, variable, NULL, type, &rank, dimensions, NULL))) return;
    if (!check(to, *type > NC_STRING ? NC_EBADTYPE : nc_inq_type(file, *type, NULL, size))) return;
    for (int i = 0; i < rank; i++) {
        size_t length = 0;
        if (!check(to, nc_inq_dimlen(file, dimensions[i], &length))) return;
        if (length && *count > ((size_t)1 << 50) / length) check(to, NC_ENOMEM);
        *count *= to->status ? 0 : length;
    }
}

static int64_t memory_limit;

static void limit_one(int resource, uint64_t wanted) {
    struct rlimit limit;
    if (getrlimit(resource, &limit)) return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(resource, &limit);
}

// Sets the limits for an answer of so many bytes.
static void limit(size_t bytes) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    uint64_t seconds = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
    limit_one(RLIMIT_CPU, seconds + 11 + bytes / 10000000);
    limit_one(RLIMIT_AS, (uint64_t)memory_limit + 3 * bytes);
}

static void append_values(buffer *to, int file, int variable) {
    nc_type type = 0;
    size_t count = 0, size = 0;
    measure(to, file, variable, &type, &count, &size);
    if (to->status) return;
    limit(count * size);
    void *values = room(to, count, size);
    if (!values) return;
    if (!check(to, nc_get_var(file, variable, values))) free(values);
    else if (type == NC_STRING) {
        append_strings(to, values, count);
        free(values);
    } else {
        to->bytes = values;
        to->count = to->capacity = count * size;
    }
}

static void send_all(int socket, const void *bytes, size_t count) {
    for (const char *next = bytes; count;) {
        ssize_t sent = write(socket, next, count);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) _exit(1);
        next += sent;
        count -= (size_t)sent;
    }
}

static void answer(int socket, buffer *content) {
    apus_netcdf_reply reply = {content->status, content->status ? 0 : (int64_t)content->count};
    send_all(socket, &reply, sizeof reply);
    if (!content->status) send_all(socket, content->bytes, content->count);
    free(content->bytes);
    *content = (buffer){0};
}

// The bytes of addresses that this process has.
static int64_t memory_in_use(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

// Leaves nothing of the caller's but the socket, and dies with the caller.
static void isolate(int *socket, pid_t caller) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    if (getppid() != caller) _exit(1);
#endif
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // The libraries' own messages would be more than one line. The socket may stand where the caller's streams were closed.
    int high = fcntl(*socket, F_DUPFD, 10), nothing = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < 3; standard++) dup2(nothing, standard);
    *socket = dup2(high, 3);
#ifdef SYS_close_range
    syscall(SYS_close_range, 4u, ~0u, 0u);
#endif
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
}

static void serve(const char *path, int socket) {
    buffer content = {0};
    int file = 0;
    limit(0);
    if (check(&content, nc_open(path, NC_NOWRITE, &file))) append_description(&content, file);
    int failed = content.status;
    answer(socket, &content);
    int32_t variable;
    while (!failed && read(socket, &variable, sizeof variable) == sizeof variable) {
        append_values(&content, file, variable);
        answer(socket, &content);
    }
    _exit(0);
}

int apus_netcdf_start(const char *path, int64_t memory, pid_t *process, int *connection) {
    int ends[2], size = 1 << 20;
    if (socketpair(AF_UNIX, SOCK_STREAM | CLOSE_ON_EXEC, 0, ends)) return errno;
    for (int i = 0; i < 2; i++) setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    pid_t caller = getpid();
    *process = fork();
    if (*process == 0) {
        isolate(&ends[1], caller);
        memory_limit = memory_in_use() + memory;
        if (memory_limit < 0) memory_limit = 0;
        serve(path, ends[1]);
    }
    int number = errno;
    close(ends[1]);
    if (*process < 0) close(ends[0]);
    else *connection = ends[0];
    return *process < 0 ? number : 0;
}

int apus_netcdf_ask(int socket, int32_t variable) {
    // A reader that has ended must not end this process by SIGPIPE.
    return send(socket, &variable, sizeof variable, MSG_NOSIGNAL) == sizeof variable;
}

int apus_netcdf_signal(pid_t process) {
    siginfo_t ending = {0};
    while (waitid(P_PID, (id_t)process, &ending, WEXITED | WNOWAIT)) {
        if (errno != EINTR) return 0;
    }
    return ending.si_code == CLD_EXITED ? 0 : ending.si_status;
}

void apus_netcdf_end(pid_t process, int socket) {
    close(socket);
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}
