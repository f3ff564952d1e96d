package cases

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/adic/adic-go/internal/chaos/netns"
	"github.com/adic/adic-go/internal/chaos/trial"
	"github.com/adic/adic-go/internal/refserver"
)

// A link is what goes wrong between a client in one namespace and a node in another.
type link struct {
	fault    int
	name     string
	programs []string
	lasts    time.Duration // 0: it is over at once
	limit    time.Duration // until the next event
	began    bool          // counted from the beginning: there is another way
	steady   bool          // without a reconnect
	cut      []string      // commands on the router that begin it
	heal     []string      // and that end it
	client   []string      // commands on the client that begin it
	mend     []string      // and that end it
}

// The commands. Packets to the client come in at down0, those from it at home0.
const (
	dropBoth = "iptables -I FORWARD -j DROP"
	healBoth = "iptables -D FORWARD -j DROP"
	dropDown = "iptables -I FORWARD -i down0 -j DROP"
	healDown = "iptables -D FORWARD -i down0 -j DROP"
	dropUp   = "iptables -I FORWARD -i home0 -j DROP"
	healUp   = "iptables -D FORWARD -i home0 -j DROP"
	dropSome = "iptables -I FORWARD -m statistic --mode random -j DROP --probability "
	healSome = "iptables -D FORWARD -m statistic --mode random -j DROP --probability "
)

// links are cables, radio and routers.
func links() []Case {
	const h = 2 * time.Second
	list := []link{
		{fault: 7, name: "silent drop for 3 s", lasts: 3 * time.Second, limit: 4 * time.Second, cut: []string{dropBoth}, heal: []string{healBoth}},
		{fault: 9, name: "silent drop towards the client for 15 s", lasts: 15 * time.Second, limit: 10 * time.Second, cut: []string{dropDown}, heal: []string{healDown}},
		{fault: 9, name: "silent drop towards the node for 15 s", lasts: 15 * time.Second, limit: 10 * time.Second, cut: []string{dropUp}, heal: []string{healUp}},
		{fault: 10, name: "5 % of the packets lost for 60 s", lasts: time.Minute, limit: 2 * time.Second, steady: true, cut: []string{dropSome + "0.05"}, heal: []string{healSome + "0.05"}},
		{fault: 10, name: "30 % of the packets lost for 60 s", lasts: time.Minute, limit: 10 * time.Second, cut: []string{dropSome + "0.3"}, heal: []string{healSome + "0.3"}},
		{
			fault: 11, name: "the client's address changes", lasts: 10 * time.Second, limit: 2*h + 2*time.Second, began: true,
			client: []string{"ip addr del " + netns.Client + "/24 dev eth0", "ip addr add " + netns.Other + "/24 dev eth0", "ip route replace default via 10.1.0.1"},
		},
		{fault: 13, name: "cable out for 3 s", lasts: 3 * time.Second, limit: 2 * time.Second, client: []string{"ip link set eth0 down"}, mend: plug()},
		{fault: 13, name: "cable out for 60 s", lasts: time.Minute, limit: time.Minute + 2*time.Second, client: []string{"ip link set eth0 down"}, mend: plug()},
		{
			fault: 12, name: "NAT forgets all connections", programs: []string{"conntrack"}, lasts: 10 * time.Second, limit: 2*h + 2*time.Second, began: true,
			cut: []string{"sysctl -q -w net.netfilter.nf_conntrack_tcp_loose=0", "iptables -I FORWARD -m conntrack --ctstate INVALID -j DROP", "iptables -I INPUT -m conntrack --ctstate INVALID -j DROP", "conntrack -F"},
		},
	}
	var cases []Case
	for _, l := range list {
		cases = append(cases, Case{Fault: l.fault, Name: l.name, Programs: l.programs, Namespaces: true, Run: l.run})
	}
	return append(cases, Case{Fault: 12, Name: "NAT forgets what is idle for 6 s, heartbeats each 2 s", Namespaces: true, Dialects: []refserver.Dialect{refserver.Guide, refserver.Node}, Run: forgetful})
}

func plug() []string { return []string{"ip link set eth0 up", "ip route add default via 10.1.0.1"} }

// lay makes the network, and returns the URL of the node and a client of it that is
// behind the router.
func lay(ctx context.Context, t *trial.Trial) (*netns.Network, string, *http.Client, error) {
	n, err := netns.New(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	t.Defer(n.Close)
	_, port, err := net.SplitHostPort(t.Addr)
	return n, "http://" + net.JoinHostPort(netns.Host, port), t.Web(&http.Transport{DialContext: n.Dial}), err
}

// run has the link go wrong once.
func (l link) run(ctx context.Context, t *trial.Trial) error {
	n, base, web, err := lay(ctx, t)
	if err != nil {
		return err
	}
	o := t.Options()
	o.HTTPClient = web
	f, err := t.Begin(ctx, base, o)
	if err != nil {
		return err
	}
	t.Pass(ctx, 3*time.Second)
	fault := t.Fault()
	if err := n.Router(ctx, l.cut...); err != nil {
		return err
	}
	if err := n.Client(ctx, l.client...); err != nil {
		return err
	}
	t.Pass(ctx, l.lasts-time.Since(fault.Began))
	if err := n.Client(ctx, l.mend...); err != nil {
		return err
	}
	if err := n.Router(ctx, l.heal...); err != nil {
		return err
	}
	if l.began {
		fault.Pauses(l.limit)
		fault.Heal()
	} else {
		fault.Heal()
		fault.Next(ctx, fault.Ended, l.limit)
	}
	if l.steady {
		t.Checkf(f.Tries(t.Transport) == 1, "%d tries", f.Tries(t.Transport))
	}
	return nil
}

// forgetful is a router that forgets connections which are idle for longer than the
// client ever is.
func forgetful(ctx context.Context, t *trial.Trial) error {
	n, base, web, err := lay(ctx, t)
	if err != nil {
		return err
	}
	err = n.Router(ctx, "sysctl -q -w net.netfilter.nf_conntrack_tcp_loose=0", "sysctl -q -w net.netfilter.nf_conntrack_tcp_timeout_established=6",
		"iptables -I FORWARD -m conntrack --ctstate INVALID -j DROP")
	if err != nil {
		return err
	}
	o := t.Options()
	o.HTTPClient = web
	f, err := t.Follow(base, o)
	if err != nil {
		return err
	}
	t.Pass(ctx, 40*time.Second)
	t.Checkf(f.On(t.Transport)(), "by %v", f.Health().Transport)
	t.Checkf(f.Tries(t.Transport) == 1, "%d tries", f.Tries(t.Transport))
	t.Talk()
	t.Pass(ctx, 2*time.Second)
	return nil
}
