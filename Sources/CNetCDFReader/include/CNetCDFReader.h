// Reads a NetCDF file in a process of its own, which may fail without harm to the caller.
#pragma once
#include <stdint.h>
#include <sys/types.h>

// What a reply begins with, followed by so many bytes.
typedef struct {
    int64_t status; // 0, an error of NetCDF (below 0) or of the system (above 0)
    int64_t bytes;
} apus_netcdf_reply;

// Starts a copy of this process that opens the file and answers through a socket: first the description of the file,
// then, for each number of a variable that is sent to it as int32_t, the values. It ends when the socket is closed.
// Only C runs in it, as it must where other threads hold locks when the copy is made.
//
// Lengths and numbers of things are int64_t, texts are a length and their bytes. An attribute is its name, type,
// length, and the values as bytes; a variable its number, name, type, the names and lengths of its dimensions, and its
// attributes. The description is a list of dimensions, one of variables and one of attributes, each after its length.
// Values are those of the type in memory; those of text are a length and bytes each.
//
// The process may use `memory` bytes more than it has at the start, and three times what is asked for; 10 seconds of
// the processor for each answer, and one more for ten million bytes.
//
// Returns 0 or an error of the system.
int apus_netcdf_start(const char *path, int64_t memory, pid_t *process, int *socket);

// Asks for the values of a variable; 0 where the process has ended.
int apus_netcdf_ask(int socket, int32_t variable);

// Waits for the process to end by itself: the signal that ended it, or 0. It stays in the system's table.
int apus_netcdf_signal(pid_t process);

// Ends the process, and the connection to it.
void apus_netcdf_end(pid_t process, int socket);
