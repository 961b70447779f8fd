package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// machineFigure tells where the figures were taken. Its value is how many appended pages of 4 KB
// the disk makes durable in a second: what everything durable rests on.
func machineFigure(s *session) *figure {
	f := &figure{Name: "machine", Unit: "durable appends/s"}
	if n, err := durableAppends(s.dir, s.quick); err == nil {
		f.Value = n
	}
	f.extra("go", runtime.Version())
	f.extra("os", runtime.GOOS+"/"+runtime.GOARCH)
	f.extra("processors", runtime.NumCPU())
	f.extra("disk", filesystemOf(s.dir))
	f.extra("runs", s.runs)
	f.extra("seconds", s.seconds)
	if s.quick {
		f.extra("quick", true)
	}
	for key, value := range map[string]string{
		"processor": field("/proc/cpuinfo", "model name"),
		"memory":    field("/proc/meminfo", "MemTotal"),
		"load":      firstWord("/proc/loadavg"),
	} {
		if value != "" {
			f.extra(key, value)
		}
	}
	return f
}

// durableAppends appends pages of 4 KB to a file for a moment, making each durable.
func durableAppends(dir string, quick bool) (float64, error) {
	name := filepath.Join(dir, "appends")
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close(); _ = os.Remove(name) }()
	lasting := time.Second
	if quick {
		lasting = 100 * time.Millisecond
	}
	page := make([]byte, 4096)
	n := 0
	start := time.Now()
	for time.Since(start) < lasting {
		if _, err := file.Write(page); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

// filesystemOf is the kind of file system that holds path ("ext4"), or "" where the system does
// not tell. The path need not exist yet.
func filesystemOf(path string) string {
	mounts, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return ""
	}
	best, kind := "", ""
	for line := range bytes.Lines(mounts) {
		parts := strings.Fields(string(line))
		if len(parts) < 3 {
			continue
		}
		at := parts[1]
		if (path == at || at == "/" || strings.HasPrefix(path, at+"/")) && len(at) >= len(best) {
			best, kind = at, parts[2]
		}
	}
	return kind
}

func inMemory(filesystem string) bool { return filesystem == "tmpfs" || filesystem == "ramfs" }

// field is the value of "name : value" in a file of /proc, or "".
func field(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func firstWord(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	return word
}

// bystanders tells how busy the machine was with anything but this command and its children. A figure
// is to be trusted when that is next to nothing.
type bystanders struct{ busy, all, ours time.Duration }

func watchBystanders() bystanders {
	busy, all := machineCPU()
	return bystanders{busy, all, ownCPU() + childrenCPU()}
}

// share is the part of the machine's processor time that others have used since the watch began, and
// false where the system does not tell. Children count once they have ended.
func (b bystanders) share() (float64, bool) {
	now := watchBystanders()
	all := now.all - b.all
	if all <= 0 {
		return 0, false
	}
	others := (now.busy - b.busy) - (now.ours - b.ours)
	return max(0, float64(others)/float64(all)), true
}

// machineCPU is the processor time that the machine has used, and that it could have used.
func machineCPU() (busy, all time.Duration) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	parts := strings.Fields(line)
	for i := 1; i < min(len(parts), 9); i++ { // guests are counted among the first
		n, _ := strconv.Atoi(parts[i])
		all += time.Duration(n) * tick
		if i != 4 && i != 5 { // idle, waiting for a disk
			busy += time.Duration(n) * tick
		}
	}
	return busy, all
}

// tick is the unit of processor time in /proc: USER_HZ is 100 wherever Go runs.
const tick = 10 * time.Millisecond

// ownCPU is the processor time this process has used.
func ownCPU() time.Duration { return usage(syscall.RUSAGE_SELF) }

// childrenCPU is the processor time of the children that have ended.
func childrenCPU() time.Duration { return usage(syscall.RUSAGE_CHILDREN) }

func usage(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// processCPU is the processor time of another process, or 0 where the system does not tell.
func processCPU(pid int) time.Duration {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(b), ") ")
	parts := strings.Fields(after)
	if len(parts) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(parts[11])
	system, _ := strconv.Atoi(parts[12])
	return time.Duration(user+system) * tick
}

// processMemory is a field of /proc/PID/status such as VmRSS or VmHWM in megabytes, or 0.
func processMemory(pid int, name string) float64 {
	kb, _, _ := strings.Cut(field("/proc/"+strconv.Itoa(pid)+"/status", name), " ")
	n, err := strconv.Atoi(kb)
	if err != nil {
		return 0
	}
	return float64(n) / 1024
}
