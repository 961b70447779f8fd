// The clock on the wall, turned for one program (LD_PRELOAD) and for nobody else on the machine. What shows the time
// is a piece of code that the kernel lends to each process (the vDSO), for Go and for libc alike; here its ways in lead
// to code that asks the kernel and adds what stands in a file of one number of nanoseconds, which whoever tortures
// changes while the program runs. The stopwatch (CLOCK_MONOTONIC) goes on as it went, as it does when a real clock is
// set. This runs before the program's first instruction, so nothing in it knows another time.
//
// TEMADAG_PRELOAD_CLOCK is the file.
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *by;

// kernel asks the kernel without libc, which would ask the vDSO and write to errno, on stacks that are not its own.
static long kernel(long number, long a, long b) {
#if defined(__x86_64__)
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "a"(number), "D"(a), "S"(b) : "rcx", "r11", "memory");
	return r;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
	return x0;
#else
#error "the clock can be turned on amd64 and arm64"
#endif
}

static int turned_clock_gettime(clockid_t clock, struct timespec *t) {
	long r = kernel(SYS_clock_gettime, clock, (long)t);
	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t at = t->tv_sec * 1000000000LL + t->tv_nsec + *by;
		t->tv_sec = at / 1000000000LL, t->tv_nsec = at % 1000000000LL;
	}
	return r;
}

static int turned_gettimeofday(struct timeval *v, struct timezone *zone) {
	struct timespec t;
	turned_clock_gettime(CLOCK_REALTIME, &t);
	if (v) v->tv_sec = t.tv_sec, v->tv_usec = t.tv_nsec / 1000;
	if (zone) zone->tz_minuteswest = 0, zone->tz_dsttime = 0;
	return 0;
}

static time_t turned_time(time_t *out) {
	struct timespec t;
	turned_clock_gettime(CLOCK_REALTIME, &t);
	if (out) *out = t.tv_sec;
	return t.tv_sec;
}

// lead makes code begin with a jump to other code.
static void lead(void *from, void *to) {
#if defined(__x86_64__)
	unsigned char jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0}; // mov rax, to; jmp rax
	memcpy(jump + 2, &to, 8);
#else
	unsigned char jump[16] = {0x50, 0, 0, 0x58, 0, 0x02, 0x1f, 0xd6}; // ldr x16, the address behind; br x16
	memcpy(jump + 8, &to, 8);
#endif
	memcpy(from, jump, sizeof jump);
	__builtin___clear_cache((char *)from, (char *)from + sizeof jump);
}

__attribute__((constructor)) static void begin(void) {
	const char *path = getenv("TEMADAG_PRELOAD_CLOCK");
	if (!path) return;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) abort();
	void *shared = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) abort();
	close(fd);
	by = shared;
	char *base = (char *)getauxval(AT_SYSINFO_EHDR);
	if (!base) abort(); // whoever tortures finds that the clock is not turned otherwise too late
	Elf64_Ehdr *head = (void *)base;
	Elf64_Phdr *parts = (void *)(base + head->e_phoff);
	Elf64_Dyn *dynamic = NULL;
	size_t length = 0;
	for (int i = 0; i < head->e_phnum; i++) {
		if (parts[i].p_type == PT_DYNAMIC) dynamic = (void *)(base + parts[i].p_offset);
		if (parts[i].p_type == PT_LOAD) length = parts[i].p_offset + parts[i].p_memsz;
	}
	Elf64_Shdr *sections = (void *)(base + head->e_shoff);
	Elf64_Sym *symbols = NULL;
	const char *names = NULL;
	size_t count = 0;
	for (int i = 0; i < head->e_shnum; i++) // the number of names stands in no other place that every kernel has
		if (sections[i].sh_type == SHT_DYNSYM) count = sections[i].sh_size / sizeof(Elf64_Sym);
	for (; dynamic && dynamic->d_tag; dynamic++) {
		if (dynamic->d_tag == DT_SYMTAB) symbols = (void *)(base + dynamic->d_un.d_ptr);
		if (dynamic->d_tag == DT_STRTAB) names = base + dynamic->d_un.d_ptr;
	}
	size_t page = sysconf(_SC_PAGESIZE), whole = (length + page - 1) / page * page;
	if (!symbols || !names || mprotect(base, whole, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) abort();
	int led = 0;
	for (size_t i = 0; i < count; i++) {
		const char *name = names + symbols[i].st_name;
		void *at = base + symbols[i].st_value;
		if (!strcmp(name, "__vdso_clock_gettime") || !strcmp(name, "__kernel_clock_gettime")) lead(at, turned_clock_gettime), led++;
		if (!strcmp(name, "__vdso_gettimeofday") || !strcmp(name, "__kernel_gettimeofday")) lead(at, turned_gettimeofday), led++;
		if (!strcmp(name, "__vdso_time")) lead(at, turned_time);
	}
	if (led < 2 || mprotect(base, whole, PROT_READ | PROT_EXEC) != 0) abort();
}
