package server

import (
	"net"

	"golang.org/x/sys/unix"
)

// shut lets no new connection be made at ln: the kernel drops the first packet of each (SYN), and whoever sent
// it asks again a second later, when either the socket is gone and says so or the next program has it. What has
// begun goes on.
func shut(ln *net.TCPListener) error {
	// A classic filter sees a packet from its TCP header on; the flags are its fourteenth octet (RFC 9293).
	const flags, syn, all = 13, 0x02, 0x40000
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: flags},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jf: 1, K: syn},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: all},
	}
	return control(ln, func(fd int) error {
		return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
	})
}
