// A layer between SQLite and the operating system, loaded before libc (LD_PRELOAD). It records what
// is done to one database (its file, its log and its rollback journal), refuses writes and syncs
// when it is told to, and can pretend to have done what it has not. The Go runtime makes its system
// calls without libc: what is seen here is SQLite's.
//
// TEMADAG_PRELOAD_FILE is the database, TEMADAG_PRELOAD_CONTROL a file of numbers shared with
// whoever tortures, TEMADAG_PRELOAD_LOG the record; without it nothing is recorded.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS, WRITES, SYNCS, FAIL_WRITE, FAIL_SYNC, STICKY, LIE, SWALLOW, BUDGET_ON, BUDGET, FAILED, PATIENT, FILE_WRITES, FILE_SYNCS, FAIL_FILE_WRITE, FAIL_FILE_SYNC, FULL, SLOTS };
enum { OP_CREATE = 1, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_UNLINK };

static volatile int64_t *control;
static int record_fd = -1;
static const char *watched;
static size_t watched_length;
static unsigned char kinds[1 << 16]; // 1 database, 2 log, 3 journal, 4 a copy beside, by descriptor; a copy only takes room
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);
static int (*real_fcntl)(int, int, ...);

__attribute__((constructor)) static void begin(void) {
	real_open = dlsym(RTLD_NEXT, "open");
	real_openat = dlsym(RTLD_NEXT, "openat");
	real_close = dlsym(RTLD_NEXT, "close");
	real_write = dlsym(RTLD_NEXT, "write");
	real_pwrite = dlsym(RTLD_NEXT, "pwrite");
	real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
	real_fsync = dlsym(RTLD_NEXT, "fsync");
	real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
	real_unlink = dlsym(RTLD_NEXT, "unlink");
	real_rename = dlsym(RTLD_NEXT, "rename");
	real_fcntl = dlsym(RTLD_NEXT, "fcntl");
	const char *file = getenv("TEMADAG_PRELOAD_FILE"), *shared = getenv("TEMADAG_PRELOAD_CONTROL");
	const char *record = getenv("TEMADAG_PRELOAD_LOG");
	if (!file || !shared) return;
	int fd = real_open(shared, O_RDWR | O_CLOEXEC);
	if (fd < 0) abort();
	void *p = mmap(NULL, SLOTS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) abort();
	real_close(fd);
	if (record && *record) {
		record_fd = real_open(record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (record_fd < 0) abort();
	}
	watched_length = strlen(file);
	control = p;
	watched = file;
}

static int kind_of(const char *path) {
	if (!watched || strncmp(path, watched, watched_length) != 0) return 0;
	const char *rest = path + watched_length;
	if (!*rest) return 1;
	if (!strcmp(rest, "-wal")) return 2;
	if (!strcmp(rest, "-journal")) return 3;
	if (*rest == '.') return 4;
	return 0;
}

static int kind(int fd) { return control && fd >= 0 && fd < (int)sizeof kinds ? kinds[fd] : 0; }

static void put(const void *p, size_t n) {
	for (const char *at = p; n > 0;) {
		ssize_t done = real_write(record_fd, at, n);
		if (done < 0) abort(); // a record with a hole proves nothing
		at += done, n -= done;
	}
}

// note appends what has been done. The counter is raised last: whoever reads it knows that so many
// operations are over.
static void note(uint32_t op, uint32_t file, int64_t offset, int64_t length, const void *data) {
	if (record_fd < 0 || file > 3) return;
	struct { uint32_t op, file; int64_t offset, length; } head = {op, file, offset, length};
	put(&head, sizeof head);
	if (data) put(data, length);
	__atomic_add_fetch(&control[RECORDS], 1, __ATOMIC_SEQ_CST);
}

static int due(int counter, int at) {
	int64_t n = __atomic_add_fetch(&control[counter], 1, __ATOMIC_SEQ_CST), first = control[at];
	if (!first || n < first || (n > first && !control[STICKY])) return 0;
	control[FAILED]++;
	return 1;
}

// refusal is 0 or the errno that a write of so much ends with; -1 pretends.
static int refusal(int fd, int64_t offset, int64_t length) {
	int failing = kind(fd) < 4 && due(WRITES, FAIL_WRITE);
	if (kind(fd) == 1) failing |= due(FILE_WRITES, FAIL_FILE_WRITE);
	if (failing) return control[LIE] ? -1 : control[FULL] ? ENOSPC : EIO;
	if (!control[BUDGET_ON]) return 0;
	struct stat s;
	if (fstat(fd, &s) != 0) return EIO;
	int64_t more = offset + length - s.st_size;
	if (more <= 0) return 0;
	if (more > control[BUDGET]) {
		control[FAILED]++;
		return control[LIE] ? -1 : ENOSPC;
	}
	control[BUDGET] -= more;
	return 0;
}

static int opened(const char *path, int flags, int fd) {
	int k = kind_of(path);
	if (fd < 0 || fd >= (int)sizeof kinds) return fd;
	kinds[fd] = k;
	if (k && (flags & O_CREAT)) {
		pthread_mutex_lock(&gate);
		note(OP_CREATE, k, 0, 0, NULL);
		pthread_mutex_unlock(&gate);
	}
	return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & O_CREAT) { va_list l; va_start(l, flags); mode = va_arg(l, mode_t); va_end(l); }

int open(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, real_open(path, flags, mode)); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, real_open(path, flags, mode)); }
int openat(int dir, const char *path, int flags, ...) { MODE(flags) return opened(path, flags, real_openat(dir, path, flags, mode)); }

int close(int fd) {
	if (fd >= 0 && fd < (int)sizeof kinds) kinds[fd] = 0;
	return real_close(fd);
}

static ssize_t write_at(int fd, const void *data, size_t n, off_t offset) {
	pthread_mutex_lock(&gate);
	ssize_t done = -1;
	int why = refusal(fd, offset, n);
	if (why > 0) {
		pthread_mutex_unlock(&gate);
		errno = why;
		return -1;
	}
	done = why ? (ssize_t)n : real_pwrite(fd, data, n, offset);
	int e = errno;
	if (!why && done > 0) note(OP_WRITE, kind(fd), offset, done, data);
	pthread_mutex_unlock(&gate);
	errno = e;
	return done;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t offset) {
	return kind(fd) ? write_at(fd, data, n, offset) : real_pwrite(fd, data, n, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off_t offset) { return pwrite(fd, data, n, offset); }

ssize_t write(int fd, const void *data, size_t n) {
	if (!kind(fd)) return real_write(fd, data, n);
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t done = write_at(fd, data, n, at);
	if (done > 0) lseek(fd, at + done, SEEK_SET);
	return done;
}

int ftruncate(int fd, off_t size) {
	if (!kind(fd)) return real_ftruncate(fd, size);
	pthread_mutex_lock(&gate);
	int done = real_ftruncate(fd, size), e = errno;
	if (done == 0) note(OP_TRUNCATE, kind(fd), size, 0, NULL);
	pthread_mutex_unlock(&gate);
	errno = e;
	return done;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

static int synced(int fd, int (*real)(int)) {
	if (!kind(fd) || kind(fd) > 3) return real(fd);
	if (control[SWALLOW]) return 0;
	pthread_mutex_lock(&gate);
	int done = 0, e = 0;
	int failing = due(SYNCS, FAIL_SYNC);
	if (kind(fd) == 1) failing |= due(FILE_SYNCS, FAIL_FILE_SYNC);
	if (failing) {
		if (!control[LIE]) done = -1, e = control[FULL] ? ENOSPC : EIO;
	} else {
		done = real(fd), e = errno;
		if (done == 0) note(OP_SYNC, kind(fd), 0, 0, NULL);
	}
	pthread_mutex_unlock(&gate);
	errno = e;
	return done;
}
int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int unlink(const char *path) {
	int k = kind_of(path);
	if (!k) return real_unlink(path);
	pthread_mutex_lock(&gate);
	int done = real_unlink(path), e = errno;
	if (done == 0) note(OP_UNLINK, k, 0, 0, NULL);
	pthread_mutex_unlock(&gate);
	errno = e;
	return done;
}

// Whoever asks for the lock of those who write to the log (the byte 120 of its index) waits for it in the system,
// however long another process has it, when that is wanted.
static int locked(int fd, int what, void *arg) {
	if (what == F_SETLK && control && control[PATIENT]) {
		struct flock *l = arg;
		if (l->l_type == F_WRLCK && l->l_whence == SEEK_SET && l->l_start == 120 && l->l_len == 1) what = F_SETLKW;
	}
	return real_fcntl(fd, what, arg);
}
#define ARGUMENT(what) va_list l; va_start(l, what); void *arg = va_arg(l, void *); va_end(l);
int fcntl(int fd, int what, ...) { ARGUMENT(what) return locked(fd, what, arg); }
int fcntl64(int fd, int what, ...) { ARGUMENT(what) return locked(fd, what, arg); }

int rename(const char *from, const char *to) {
	if (kind_of(from) % 4 || kind_of(to) % 4) abort(); // SQLite renames none of them; if it begins to, the record must learn it
	return real_rename(from, to);
}
