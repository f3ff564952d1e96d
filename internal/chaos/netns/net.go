package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The addresses. The client is behind the router, which puts its own address in the
// place of the client's, as a router at home does.
const (
	Host   = "10.0.0.1" // the namespace of this process
	Client = "10.1.0.2"
	Other  = "10.1.0.3" // a free one for the client
	router = "10.0.0.2"
	home   = "10.1.0.1" // the router's, seen by the client
	bits   = "/24"
)

// Own has a child run in a network namespace of its own.
func Own() *syscall.SysProcAttr { return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET} }

// A Network is this process, a router and a client in namespaces.
type Network struct {
	client, router string // names of namespaces
	inside         *os.File
}

// New makes a network around this process, which has to have been started with Own.
func New(ctx context.Context) (*Network, error) {
	name := fmt.Sprintf("chaos%d", os.Getpid())
	n := &Network{client: name + "c", router: name + "r"}
	err := n.all(ctx, "",
		"ip link set lo up",
		"ip netns add "+n.client,
		"ip netns add "+n.router,
		"ip link add node0 type veth peer name down0 netns "+n.router,
		"ip addr add "+Host+bits+" dev node0",
		"ip link set node0 up",
	)
	err = errors.Join(err, n.all(ctx, n.router,
		"ip link set lo up",
		"ip addr add "+router+bits+" dev down0",
		"ip link set down0 up",
		"ip link add home0 type veth peer name eth0 netns "+n.client,
		"ip addr add "+home+bits+" dev home0",
		"ip link set home0 up",
		"sysctl -q -w net.ipv4.ip_forward=1",
		"iptables -t nat -A POSTROUTING -o down0 -j MASQUERADE",
	), n.all(ctx, n.client,
		"ip link set lo up",
		"ip addr add "+Client+bits+" dev eth0",
		"ip link set eth0 up",
		"ip route add default via "+home,
	))
	if err != nil {
		n.Close()
		return nil, err
	}
	if n.inside, err = os.Open("/run/netns/" + n.client); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// Close takes the network away.
func (n *Network) Close() {
	if n.inside != nil {
		_ = n.inside.Close()
	}
	ctx := context.Background() // it has to go even if all else is over
	_ = n.all(ctx, "", "ip netns del "+n.client, "ip netns del "+n.router)
}

// Router runs commands on the router.
func (n *Network) Router(ctx context.Context, commands ...string) error {
	return n.all(ctx, n.router, commands...)
}

// Client runs commands on the client.
func (n *Network) Client(ctx context.Context, commands ...string) error {
	return n.all(ctx, n.client, commands...)
}

// all runs commands one after the other, up to the first that fails.
func (n *Network) all(ctx context.Context, inside string, commands ...string) error {
	for _, c := range commands {
		words := strings.Fields(c)
		if inside != "" {
			words = append([]string{"ip", "netns", "exec", inside}, words...)
		}
		const patience = 10 * time.Second
		ctx, cancel := context.WithTimeout(ctx, patience)
		out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput() //nolint:gosec // commands stand in the code
		cancel()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", c, err, out)
		}
	}
	return nil
}

// Dial connects from the client. Addresses are numbers: it looks no names up.
func (n *Network) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	runtime.LockOSThread()
	here, err := os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()))
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	defer here.Close() //nolint:errcheck // it was only read
	if err := unix.Setns(int(n.inside.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	// A socket belongs to the namespace of the thread that makes it.
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		return c, errors.Join(err, back) // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return c, err
}
